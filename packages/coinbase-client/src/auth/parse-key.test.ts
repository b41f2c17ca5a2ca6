import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { ConfigError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeySigner, parseCoinbaseKey } from '../index.js'

const NAME = 'organizations/o/apiKeys/k'
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const pem = (key: KeyObject, type: 'sec1' | 'pkcs8') => key.export({ format: 'pem', type }).toString()
const sec1 = pem(ec.privateKey, 'sec1')
const pkcs8 = pem(ec.privateKey, 'pkcs8')
const edPkcs8 = pem(ed.privateKey, 'pkcs8')
const seed = ed.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
const edPublic = ed.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const base64 = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64')

const ecForms: Record<string, string> = {
  'SEC1 PEM': sec1,
  'PKCS#8 PEM': pkcs8,
  'escaped newlines': sec1.replaceAll('\n', '\\n'),
  'escaped newlines in quotes': `"${pkcs8.replaceAll('\n', '\\n')}"`,
  'single quotes and blanks': `  '${sec1}'  \n`,
  'Windows line ends': sec1.replaceAll('\n', '\r\n'),
  'no last newline': sec1.trimEnd(),
  'newlines lost to spaces': sec1.replaceAll('\n', ' '),
  'a byte order mark': `\uFEFF${sec1}`,
  'curve parameters before the key': `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${sec1}`,
  'DER in base64 without a label': ec.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
}
const edForms: Record<string, string> = {
  'base64 of 64 bytes': base64(seed, edPublic),
  'base64 of the 32-byte seed': base64(seed),
  'base64 in quotes': `"${base64(seed, edPublic)}"`,
  'PKCS#8 PEM': edPkcs8,
  'PKCS#8 PEM with escaped newlines': edPkcs8.replaceAll('\n', '\\n'),
}

describe('parseCoinbaseKey', () => {
  it.each(Object.entries(ecForms))('reads an EC key given as %s and signs with it', async (_form, secret) => {
    const signer = createKeySigner(NAME, secret)
    const data = Buffer.from('data')
    expect(signer.algorithm).toBe('ES256')
    const signature = await signer.sign(data)
    expect(signature).toHaveLength(64)
    expect(verify('sha256', data, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })

  it.each(Object.entries(edForms))('reads an Ed25519 key given as %s and signs with it', async (_form, secret) => {
    const signer = createKeySigner(NAME, secret)
    const data = Buffer.from('data')
    expect(signer.algorithm).toBe('EdDSA')
    expect(Buffer.from(await signer.sign(data))).toEqual(sign(null, data, ed.privateKey))
  })

  it('reads the downloaded key file, with the name under either key', () => {
    const file = JSON.stringify({ name: NAME, privateKey: sec1 }, undefined, 2)
    expect(parseCoinbaseKey('', file)).toMatchObject({ keyName: NAME, algorithm: 'ES256' })
    expect(parseCoinbaseKey(NAME, file).keyName).toBe(NAME)
    expect(parseCoinbaseKey('', JSON.stringify({ id: 'abc', privateKey: base64(seed) })).keyName).toBe('abc')
    expect(() => parseCoinbaseKey('other', file)).toThrow(/differs from the name in the key file/)
  })

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const wrong: [string, string, RegExp][] = [
    ['nothing', '  ', /secret is empty/],
    [
      'a public key',
      ec.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      /a public key, not a private key/,
    ],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /a certificate/],
    ['an RSA key', pem(rsa.privateKey, 'pkcs8'), /is a rsa key/],
    ['a P-384 key', pem(p384.privateKey, 'pkcs8'), /secp384r1/],
    ['a PEM without its end', sec1.slice(0, 80), /without its end line/],
    ['a PEM with a hole', sec1.replace(/\n.{30}/, '\n'), /damaged EC PRIVATE KEY/],
    [
      'an encrypted key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      /encrypted/,
    ],
    ['a legacy secret', 'abcdefghijklmnop', /legacy/],
    ['halves of two keys', base64(seed, Buffer.alloc(32, 7)), /do not belong together/],
    ['49 bytes', base64(Buffer.alloc(49, 1)), /49 bytes/],
    ['broken JSON', '{"name":', /is no JSON/],
    ['JSON without a key', '{"name":"x"}', /no "name" and "privateKey"/],
  ]
  it.each(wrong)('says what is wrong with %s, before any request', (_what, secret, message) => {
    expect(() => parseCoinbaseKey(NAME, secret)).toThrow(message)
    expect(() => parseCoinbaseKey(NAME, secret)).toThrow(ConfigError)
  })

  const edSecret = base64(seed, edPublic)
  it.each<[string, string, string, string | undefined, RegExp]>([
    ['an Exchange key', 'a'.repeat(32), base64(Buffer.alloc(64, 9)), undefined, /Exchange \(formerly Pro\) key/],
    ['an Exchange key whose secret could be a seed', 'f'.repeat(32), base64(seed), undefined, /Exchange/],
    ['a legacy App key', 'AbCdEfGhIjKlMnOp', 'q'.repeat(32), undefined, /legacy Coinbase App key/],
    ['a legacy App secret', 'k1', 'Z'.repeat(32), undefined, /legacy Coinbase App key/],
    ['a passphrase', 'k1', base64(Buffer.alloc(64, 9)), 'open sesame', /passphrase/],
    [
      'a passphrase in a key file',
      '',
      JSON.stringify({ name: 'k1', privateKey: edSecret, passphrase: 'p' }),
      undefined,
      /passphrase/,
    ],
  ])('refuses %s and says what to make instead', (_what, name, secret, passphrase, message) => {
    expect(() => parseCoinbaseKey(name, secret, passphrase)).toThrow(message)
    try {
      parseCoinbaseKey(name, secret, passphrase)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID', hint: expect.stringContaining('CDP key') as string })
      expect(JSON.stringify(error)).not.toContain(secret)
    }
  })

  it('does not mistake a CDP key for an old one, even with a passphrase left over beside a PEM', () => {
    expect(parseCoinbaseKey(NAME, edSecret).algorithm).toBe('EdDSA')
    expect(parseCoinbaseKey('0a1b2c3d-0000-4000-8000-000000000000', base64(seed)).algorithm).toBe('EdDSA')
    expect(parseCoinbaseKey(NAME, sec1, 'left over').algorithm).toBe('ES256')
  })

  it('notices a missing name and a name that is the secret', () => {
    expect(() => parseCoinbaseKey('', sec1)).toThrow(/key name is empty/)
    expect(() => parseCoinbaseKey(sec1, NAME)).toThrow(/something else/)
  })

  it('never puts any of the secret into its message', () => {
    fc.assert(
      fc.property(fc.nat({ max: sec1.length - 60 }), fc.integer({ min: 40, max: 60 }), (start, length) => {
        const cut = sec1.slice(0, start) + sec1.slice(start + length)
        try {
          parseCoinbaseKey(NAME, cut)
        } catch (error) {
          const told = `${String(error)} ${JSON.stringify(error)}`
          for (const line of sec1.split('\n').filter((each) => /^[^-]{12}/.test(each))) {
            expect(told).not.toContain(line.slice(0, 12))
          }
        }
      }),
    )
  })
})
