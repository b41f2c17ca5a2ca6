import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { keyOf, pythonToken, signToken, testSocket } from '../testing/test-client.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

const path = '/api/v3/brokerage/accounts'

async function start() {
  const time = new FakeTime()
  const log = new MemoryLog()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    log,
    prices: handPrices().source,
    rateLimits: 'off',
    tokenMode: 'strict',
  })
  open.push(exchange)
  const host = exchange.rest.replace('http://', '')
  const key = keyOf(exchange)
  let count = 0
  const nbf = Math.floor(time.nowMs() / 1_000)
  const token = (header: Record<string, unknown> = {}, claims: Record<string, unknown> = {}) =>
    signToken(
      key,
      { alg: 'ES256', kid: key.name, nonce: `nonce-number-${++count}`.padEnd(32, '0'), typ: 'JWT', ...header },
      { sub: key.name, iss: 'cdp', nbf, exp: nbf + 120, uri: `GET ${host}${path}`, ...claims },
    )
  const ask = async (jwt: string) => {
    // oxlint-disable-next-line no-restricted-globals -- asks from outside
    const response = await fetch(`${exchange.rest}${path}`, { headers: { authorization: `Bearer ${jwt}` } })
    return response.status
  }
  return { exchange, time, log, host, key, token, ask }
}

describe('strict mode', () => {
  it('takes a token as the documentation shows it, under either name of this machine', async () => {
    const { token, ask, host } = await start()
    expect(await ask(token())).toBe(200)
    expect(await ask(token({}, { uri: `GET ${host.replace('127.0.0.1', 'localhost')}${path}` }))).toBe(200)
  })

  it('takes every dialect that works in production, whoever signs it', async () => {
    const { token, ask, host } = await start()
    const uri = `GET ${host}${path}`
    const dialects: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
      ['coinbase-api: no typ, a nonce of 16', { typ: undefined, nonce: 'abcdefghijklmnop' }, {}],
      ['ccxt with an EC key', {}, { iss: 'coinbase-cloud', aud: ['retail_rest_api_proxy'], iat: 1 }],
      ['ccxt with an Ed25519 key, cdp-sdk', {}, { uri: undefined, uris: [uri], aud: ['cdp_service'], iat: 1 }],
    ]
    for (const [name, header, claims] of dialects) expect(await ask(token(header, claims)), name).toBe(200)
  })

  it('refuses what lenient mode lets pass, each for its own reason', async () => {
    const { token, ask, host, log } = await start()
    const odd: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
      ['typ', { typ: 'JOSE' }, {}],
      ['nonce', { nonce: undefined }, {}],
      ['nonce', { nonce: 'short' }, {}],
      ['host', {}, { uri: undefined, uris: [`GET api.coinbase.com${path}`] }],
      ['host', {}, { uri: `GET api.coinbase.com${path}` }],
      ['host', {}, { uri: `GET http://${host}${path}` }],
      ['host', {}, { uri: `GET ${host.slice(1)}${path}` }],
    ]
    for (const [word, header, claims] of odd) {
      expect(await ask(token(header, claims)), word).toBe(401)
      expect(JSON.stringify(log.entries.at(-1)), word).toContain(word)
    }
  })

  it('takes a nonce once, and again when the token that carried it is dead', async () => {
    const { token, ask, time, key, host } = await start()
    const jwt = token({ nonce: 'f'.repeat(32) })
    expect(await ask(jwt)).toBe(200)
    expect(await ask(jwt)).toBe(401)
    await time.advance(121_000)
    const later = pythonToken(key, time.nowMs(), `GET ${host}${path}`)
    expect(await ask(later)).toBe(200)
  })

  it('does not let a refused token use up a nonce', async () => {
    const { token, ask } = await start()
    const nonce = 'e'.repeat(32)
    expect(await ask(token({ nonce, typ: 'JOSE' }))).toBe(401)
    expect(await ask(token({ nonce }))).toBe(200)
  })

  it('wants no uri in the token of a socket', async () => {
    const { exchange, token } = await start()
    const socket = await testSocket(exchange.ws)
    expect(await socket.subscribe({ channel: 'user', jwt: token() })).toMatchObject({ type: 'error' })
    expect(await socket.subscribe({ channel: 'user', jwt: token({}, { uris: ['GET /'] }) })).toMatchObject({
      type: 'error',
    })
    expect(await socket.subscribe({ channel: 'user', jwt: token({}, { uri: undefined }) })).toMatchObject({
      channel: 'subscriptions',
    })
    socket.terminate()
  })

  it('takes the token of a socket as often as it is shown, as ccxt does for two minutes', async () => {
    const { exchange, token } = await start()
    const jwt = token({}, { uri: undefined })
    for (let connection = 0; connection < 2; connection++) {
      const socket = await testSocket(exchange.ws)
      expect(await socket.subscribe({ channel: 'user', jwt })).toMatchObject({ channel: 'subscriptions' })
      socket.terminate()
    }
  })
})
