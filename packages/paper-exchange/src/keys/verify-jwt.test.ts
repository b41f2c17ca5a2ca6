import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { FakeTime } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { ed25519Key, keyOf, pythonToken, signToken, type TestKey, testClient } from '../testing/test-client.js'

const fixtures = resolve(import.meta.dirname, '../../../../../shared/fixtures/client-requests')
const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start() {
  const time = new FakeTime()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    prices: handPrices().source,
    rateLimits: 'off',
  })
  open.push(exchange)
  const ed = ed25519Key('organizations/o/apiKeys/ed')
  exchange.addKey({ name: ed.key.name, publicKey: ed.publicKey, canView: true, canTrade: true, canTransfer: false })
  return { exchange, time, ec: keyOf(exchange), ed: ed.key, client: testClient(exchange, () => time.nowMs()) }
}

const path = '/api/v3/brokerage/accounts'

describe('requests signed with a CDP token', () => {
  const second = 1_000

  function refusals(ec: TestKey, stranger: TestKey, nowMs: number): readonly (readonly [string, string])[] {
    const uri = `GET api.coinbase.com${path}`
    const good = pythonToken(ec, nowMs, uri)
    const [head = '', claims = '', signature = ''] = good.split('.')
    const nbf = Math.floor(nowMs / second)
    return [
      ['no token', ''],
      ['text that is no token', 'abc'],
      ['a signature of somebody else', pythonToken({ ...stranger, name: ec.name }, nowMs, uri)],
      ['an unknown key', pythonToken(stranger, nowMs, uri)],
      ['another signature', `${head}.${claims}.${Buffer.alloc(64, 7).toString('base64url')}`],
      ['claims changed afterwards', `${head}.${Buffer.from('{}').toString('base64url')}.${signature}`],
      ['no signature', `${head}.${claims}.`],
      [
        'the algorithm "none"',
        signToken(ec, { alg: 'none', kid: ec.name }, { sub: ec.name, iss: 'cdp', nbf, exp: nbf + 120, uri }),
      ],
      ['another method in its uri', pythonToken(ec, nowMs, `POST api.coinbase.com${path}`)],
      ['another path in its uri', pythonToken(ec, nowMs, 'GET api.coinbase.com/api/v3/brokerage/orders')],
      ['a path that only ends like it', pythonToken(ec, nowMs, `GET api.coinbase.com/x${path}`)],
      ['only the end of the path in its uri', pythonToken(ec, nowMs, 'GET api.coinbase.com/accounts')],
      ['the query in its uri', pythonToken(ec, nowMs, `${uri}?limit=1`)],
      ['no uri at all', pythonToken(ec, nowMs)],
      ['an expired token', pythonToken(ec, nowMs - 120 * second, uri)],
      ['a token from the future', pythonToken(ec, nowMs + 60 * second, uri)],
      ['a token that lives too long', pythonToken(ec, nowMs, uri, { exp: nbf + 121 })],
      ['a foreign issuer', pythonToken(ec, nowMs, uri, { iss: 'somebody' })],
      [
        'a kid that is not its sub',
        signToken(ec, { alg: 'ES256', kid: ec.name }, { sub: 'x', iss: 'cdp', nbf, exp: nbf + 120, uri }),
      ],
    ]
  }

  it('are refused with a plain "Unauthorized" for every kind of wrong token', async () => {
    const { client, ec, time, exchange } = await start()
    const stranger = { name: 'organizations/x/apiKeys/y', privateKey: ed25519Key('x').key.privateKey }
    for (const [name, token] of refusals(ec, stranger, time.nowMs())) {
      const reply = await client.open(path, token ? { headers: { authorization: `Bearer ${token}` } } : {})
      expect([name, reply.status, reply.text]).toEqual([name, 401, 'Unauthorized'])
      expect(reply.headers.get('content-type')).toContain('text/plain')
    }
    expect(exchange.orders()).toEqual([])
  })

  it.each([
    ['with the right host', (host: string) => `GET ${host}${path}`],
    ['with production’s host', () => `GET api.coinbase.com${path}`],
    ['with a scheme in front (ccxt over http)', (host: string) => `GET http://${host}${path}`],
    [
      'with the first character of the host missing (coinbase-api over http)',
      (host: string) => `GET ${host.slice(1)}${path}`,
    ],
  ])('pass %s, signed with P-256 and Ed25519', async (_name, uri) => {
    const { client, ec, ed, time, exchange } = await start()
    for (const key of [ec, ed]) {
      const token = pythonToken(key, time.nowMs(), uri(exchange.rest.replace('http://', '')))
      const reply = await client.open(`${path}?limit=1`, { headers: { authorization: `Bearer ${token}` } })
      expect(reply.status).toBe(200)
    }
  })

  it('may carry a JSON body on GET, as the official Python client does', async () => {
    const { client } = await start()
    expect((await client.send('GET', `${path}?limit=1`)).status).toBe(200)
  })

  it('are not needed where authentication is switched off', async () => {
    const exchange = await createPaperExchange({ prices: handPrices().source, requireAuth: false })
    open.push(exchange)
    expect((await testClient(exchange, () => 0).open(path)).status).toBe(200)
  })
})

interface Recorded {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly query?: string
  readonly body?: unknown
  readonly headers: Record<string, string>
  readonly jwt?: { readonly header: Record<string, unknown> | null; readonly claims: Record<string, unknown> | null }
}

function recorded(file: string): readonly Recorded[] {
  const lines = readFileSync(resolve(fixtures, file), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Recorded).filter((row) => row.kind === 'rest')
}

/** Signs a recorded token anew with our key and at our time; everything else stays as the client wrote it. */
function resigned(row: Recorded, ec: TestKey, ed: TestKey, nowMs: number): string | undefined {
  const { header, claims } = row.jwt ?? {}
  if (!header || !claims) return undefined
  const key = header['alg'] === 'EdDSA' ? ed : ec
  const nbf = Math.floor(nowMs / 1_000)
  const times = { nbf, exp: nbf + 120, ...('iat' in claims ? { iat: nbf } : {}) }
  return signToken(key, { ...header, kid: key.name }, { ...claims, sub: key.name, ...times })
}

describe.skipIf(!existsSync(fixtures))(
  'recorded requests of other clients (../shared/fixtures/client-requests)',
  () => {
    it.each(['ccxt-4.5.84.http.jsonl', 'key-formats.jsonl'])('of %s are understood, token and all', async (file) => {
      const { client, ec, ed, time } = await start()
      const statuses: Record<number, number> = {}
      for (const row of recorded(file)) {
        const token = resigned(row, ec, ed, time.nowMs())
        const { authorization: _dropped, 'cb-version': version = '', ...rest } = row.headers
        const reply = await client.open(`${row.path}${row.query ? `?${row.query}` : ''}`, {
          method: row.method,
          headers: {
            'content-type': rest['content-type'] ?? 'application/json',
            'cb-version': version,
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
          ...(row.body === undefined ? {} : { body: JSON.stringify(row.body) }),
        })
        statuses[reply.status] = (statuses[reply.status] ?? 0) + 1
        const isPublic = /\/(time|market\/.*|currencies|currencies\/crypto|exchange-rates)$/.test(row.path)
        const isUnknownOrder = row.path.endsWith('/historical/abc')
        const expected = !token && !isPublic ? 401 : isUnknownOrder ? 404 : 200
        expect([row.method, row.path, row.query, reply.status]).toEqual([row.method, row.path, row.query, expected])
      }
      expect(statuses[200]).toBeGreaterThan(3)
    })
  },
)
