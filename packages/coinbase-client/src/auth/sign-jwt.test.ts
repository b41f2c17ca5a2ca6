import { generateKeyPairSync, verify } from 'node:crypto'
import { SeededRandom } from '@tidegate/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeKey, readJwt, samplesAbsent, sampleText } from '../../test-support/runtime.js'
import { createKeySigner, signRestToken, signSocketToken } from '../index.js'

const random = new SeededRandom(7)
const request = { method: 'GET', host: 'api.coinbase.com', path: '/api/v3/brokerage/accounts' }

function splitToken(token: string) {
  const cut = token.lastIndexOf('.')
  return { signed: Buffer.from(token.slice(0, cut)), signature: Buffer.from(token.slice(cut + 1), 'base64url') }
}

describe('signRestToken', () => {
  it('carries the claims the venue asks for, signed with ES256 over the whole token', async () => {
    const { signer, publicKey } = makeKey()
    const token = await signRestToken({ signer, random, nowMs: 1_795_437_229_999 }, request)
    const { header, claims } = readJwt(token)
    expect(header).toEqual({
      alg: 'ES256',
      kid: 'organizations/o/apiKeys/k',
      typ: 'JWT',
      nonce: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    expect(claims).toEqual({
      sub: 'organizations/o/apiKeys/k',
      iss: 'cdp',
      nbf: 1_795_437_229,
      exp: 1_795_437_349,
      uri: 'GET api.coinbase.com/api/v3/brokerage/accounts',
    })
    const { signed, signature } = splitToken(token)
    expect(signature).toHaveLength(64)
    expect(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    signed[signed.length - 1] = (signed.at(-1) ?? 0) ^ 1
    expect(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(false)
  })

  it('signs with Ed25519 just as well', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const signer = createKeySigner('k', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())
    const token = await signRestToken({ signer, random, nowMs: 0 }, request)
    const { signed, signature } = splitToken(token)
    expect(readJwt(token).header['alg']).toBe('EdDSA')
    expect(verify(null, signed, publicKey, signature)).toBe(true)
  })

  it('never signs a query', async () => {
    const { signer } = makeKey()
    const token = await signRestToken({ signer, random, nowMs: 0 }, { ...request, path: '/v2/accounts?limit=3' })
    expect(readJwt(token).claims['uri']).toBe('GET api.coinbase.com/v2/accounts')
  })

  it('lives exactly 120 s at every moment, and uses a new nonce each time', async () => {
    const { signer } = makeKey()
    const nonces = new Set<unknown>()
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 4_000_000_000_000 }), async (nowMs) => {
        const { header, claims } = readJwt(await signRestToken({ signer, random, nowMs }, request))
        nonces.add(header['nonce'])
        expect(claims['nbf']).toBe(Math.floor(nowMs / 1000))
        expect(Number(claims['exp']) - Number(claims['nbf'])).toBe(120)
      }),
      { numRuns: 50 },
    )
    expect(nonces.size).toBe(50)
  })

  it.skipIf(samplesAbsent)(
    'has no claim that no accepted client sends, and all that every client sends (shared/fixtures)',
    async () => {
      const dialects = sampleText('client-requests/key-formats.jsonl')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { jwt?: { header: object | null; claims: object | null } }).jwt)
        .filter((jwt) => jwt?.claims && jwt.header)
      const keysOf = (parts: (object | null | undefined)[]) => parts.map((part) => Object.keys(part ?? {}))
      const { signer } = makeKey()
      const mine = readJwt(await signRestToken({ signer, random, nowMs: 0 }, request))
      for (const part of ['header', 'claims'] as const) {
        const theirs = keysOf(dialects.map((jwt) => jwt?.[part]))
        const always = theirs.reduce((common, keys) => common.filter((key) => keys.includes(key)))
        expect(Object.keys(mine[part])).toEqual(expect.arrayContaining(always))
        for (const key of Object.keys(mine[part])) expect(theirs.flat()).toContain(key)
      }
    },
  )
})

describe('signSocketToken', () => {
  it('is the same without a uri', async () => {
    const { claims } = readJwt(await signSocketToken({ signer: makeKey().signer, random, nowMs: 5_000 }))
    expect(claims).toEqual({ sub: 'organizations/o/apiKeys/k', iss: 'cdp', nbf: 5, exp: 125 })
  })
})
