import type { ServerResponse } from 'node:http'
import { MemoryLog, MemoryMetrics } from '@tidegate/testkit'
import { Decimal, type OrderTerms, TransportError, type VenueError } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { type LoopbackServer, reply, replyCut, type SeenRequest, startLoopback } from '../../test-support/loopback.js'
import {
  clientOptions,
  instantTimers,
  json,
  makeKey,
  memoryHttp,
  openBudget,
  readJwt,
  timeBody,
} from '../../test-support/runtime.js'
import { type CoinbaseClientOptions, createAxiosTransport, createCoinbaseClient } from '../index.js'

const terms: OrderTerms = {
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'MARKET',
  timeInForce: 'IOC',
  size: { kind: 'quote', quoteSize: new Decimal(10) },
}
const newOrder = { clientOrderId: 'c1', terms }
const html = '<html><title>503</title></html>'
const accounts = '{"accounts":[],"has_next":false,"cursor":"","size":0}'

const http = createAxiosTransport()
let server: LoopbackServer | undefined
afterEach(async () => {
  http.close()
  await server?.close()
})

/** A client against a real server of which only the interesting path answers as told; `/time` is always right. */
async function start(
  answer: (seen: SeenRequest, response: ServerResponse, count: number) => void,
  overrides: Partial<CoinbaseClientOptions> = {},
) {
  server = await startLoopback((seen, response, count) => {
    if (seen.path.endsWith('/time')) reply(response, 200, JSON.stringify(timeBody(Date.now())))
    else answer(seen, response, count)
  })
  const options = clientOptions(http, { restUrl: server.origin, ...overrides })
  const sent = (suffix: string) => (server?.seen ?? []).filter((each) => each.path.endsWith(suffix))
  return { client: createCoinbaseClient(options), options, sent }
}
const failureOf = async (call: Promise<unknown>) => (await call.catch((error: unknown) => error)) as VenueError

describe('reads over a real connection', () => {
  it('are tried again after HTML, a cut body, a hang-up and bad JSON, and then succeed', async () => {
    const faults: ((response: ServerResponse) => void)[] = [
      (response) => reply(response, 503, html, 'text/html'),
      (response) => replyCut(response, '{"accounts":['),
      (response) => response.destroy(),
      (response) => reply(response, 200, '{"accounts":['),
      (response) => reply(response, 200, html, 'text/html'),
      (response) => reply(response, 200, '{"error":"surprise"}'),
    ]
    const { client, sent } = await start(
      (_seen, response, count) => {
        const fault = faults[count]
        if (fault) fault(response)
        else reply(response, 200, accounts)
      },
      { readAttempts: 7 },
    )
    expect(await client.listAccounts()).toEqual([])
    expect(sent('/accounts')).toHaveLength(7)
  })

  it('give up after as many attempts as they may have, waiting longer each time', async () => {
    const timers = instantTimers()
    const { client, sent } = await start((_seen, response) => reply(response, 503, html, 'text/html'), {
      timers,
      readAttempts: 4,
      backoff: { baseMs: 100, maxMs: 300 },
    })
    expect(await failureOf(client.listAccounts())).toMatchObject({ code: 'ERR_VENUE_PROTOCOL', httpStatus: 503 })
    expect(sent('/accounts')).toHaveLength(4)
    const bounds = [100, 200, 300]
    expect(timers.slept).toHaveLength(3)
    for (const [index, ms] of timers.slept.entries()) {
      expect(ms).toBeGreaterThanOrEqual((bounds[index] ?? 0) / 2)
      expect(ms).toBeLessThanOrEqual(bounds[index] ?? 0)
    }
  })

  it('take a 401 in plain text for a stale token: one more try with a fresh one', async () => {
    const { client, sent } = await start((_seen, response, count) =>
      count === 0 ? reply(response, 401, 'Unauthorized', 'text/plain') : reply(response, 200, accounts),
    )
    await client.listAccounts()
    const tokens = sent('/accounts').map((each) => each.headers.authorization)
    expect(tokens).toHaveLength(2)
    expect(tokens[0]).not.toBe(tokens[1])
    expect(sent('/time')).toHaveLength(1)
  })

  it('do not go on trying with a key that is refused', async () => {
    const { client, sent } = await start((_seen, response) => reply(response, 401, 'Unauthorized', 'text/plain'))
    expect(await failureOf(client.listAccounts())).toMatchObject({ code: 'ERR_VENUE_AUTH', outcome: 'not-applied' })
    expect(sent('/accounts')).toHaveLength(2)
  })

  it('pause the bucket on a 429 in HTML and go on afterwards', async () => {
    const budget = openBudget()
    const { client } = await start(
      (_seen, response, count) => {
        if (count > 0) return reply(response, 200, accounts)
        response.writeHead(429, { 'retry-after': '3' })
        response.end(html)
      },
      { budget },
    )
    await client.listAccounts()
    expect(budget.pauses).toEqual([['private', 3_000]])
  })

  it('are not tried again when the venue understood and refused', async () => {
    const { client, sent } = await start((_seen, response) => reply(response, 400, '{"error":"INVALID_ARGUMENT"}'))
    expect(await failureOf(client.listAccounts())).toMatchObject({ code: 'ERR_VENUE_REJECTED' })
    expect(sent('/accounts')).toHaveLength(1)
  })
})

describe('order commands over a real connection', () => {
  const faults: [string, (response: ServerResponse) => void, string, string][] = [
    ['503 HTML', (r) => reply(r, 503, html, 'text/html'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['429 HTML', (r) => reply(r, 429, html, 'text/html'), 'ERR_VENUE_RATE_LIMIT', 'unknown'],
    ['a cut body', (r) => replyCut(r, '{"success":true,'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['a hang-up', (r) => r.destroy(), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['200 with bad JSON', (r) => reply(r, 200, '{"success":'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['200 with HTML', (r) => reply(r, 200, html, 'text/html'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['200 with nothing', (r) => reply(r, 200, ''), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['200 of another shape', (r) => reply(r, 200, '{"ok":1}'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['200 without an order id', (r) => reply(r, 200, '{"success":true}'), 'ERR_VENUE_OUTCOME_UNKNOWN', 'unknown'],
    ['401 text', (r) => reply(r, 401, 'Unauthorized', 'text/plain'), 'ERR_VENUE_AUTH', 'not-applied'],
    ['403', (r) => reply(r, 403, '{"error":"PERMISSION_DENIED"}'), 'ERR_VENUE_AUTH', 'not-applied'],
  ]
  it.each(faults)('are sent once and honest after %s', async (_fault, answer, code, outcome) => {
    const { client, sent } = await start((_seen, response) => answer(response))
    expect(await failureOf(client.createOrder(newOrder))).toMatchObject({ code, outcome, endpoint: 'createOrder' })
    expect(sent('/orders')).toHaveLength(1)
  })

  it('measure the clock after a 401, so that the next one is signed right', async () => {
    const { client, sent } = await start((_seen, response) => reply(response, 401, 'Unauthorized', 'text/plain'))
    await failureOf(client.createOrder(newOrder))
    expect(sent('/time')).toHaveLength(1)
    expect(client.venueClock.skewMs()).toBeDefined()
  })

  it('are surely not sent when nobody listens', async () => {
    const { client } = await start(() => {})
    await server?.close()
    expect(await failureOf(client.createOrder(newOrder))).toMatchObject({
      code: 'ERR_VENUE_NOT_SENT',
      outcome: 'not-applied',
    })
  })

  it('are unknown when no answer comes in time', async () => {
    const { client, sent } = await start(() => {}, { timeoutMs: 50 })
    expect(await failureOf(client.createOrder(newOrder))).toMatchObject({ code: 'ERR_VENUE_OUTCOME_UNKNOWN' })
    expect(sent('/orders')).toHaveLength(1)
  })
})

describe('cancels over a real connection', () => {
  it('go again once after a 401, and never after anything else', async () => {
    const { client, sent } = await start((_seen, response, count) =>
      count === 0 ? reply(response, 401, 'Unauthorized', 'text/plain') : reply(response, 503, html, 'text/html'),
    )
    expect(await client.cancelOrders(['a'])).toEqual([
      { orderId: 'a', outcome: 'unknown', reason: 'ERR_VENUE_OUTCOME_UNKNOWN' },
    ])
    expect(sent('/batch_cancel')).toHaveLength(2)
  })
})

describe('what a request carries', () => {
  it('a token for its method, host and path without the query; none on public paths', async () => {
    const { signer } = makeKey()
    const transport = memoryHttp((_request, path) =>
      path.endsWith('/time') ? json(timeBody(5)) : json(JSON.parse(accounts)),
    )
    const client = createCoinbaseClient(clientOptions(transport, { signer }))
    await client.listAccounts()
    await client.getServerTime()
    const [read, time] = transport.requests
    expect(read?.url).toBe('https://venue.example/api/v3/brokerage/accounts?limit=250')
    const { claims } = readJwt(read?.headers['authorization']?.replace('Bearer ', '') ?? '')
    expect(claims['uri']).toBe('GET venue.example/api/v3/brokerage/accounts')
    expect(time?.headers['authorization']).toBeUndefined()
    expect(time?.headers['cache-control']).toBe('no-cache')
  })

  it('the time of the venue, once it was measured', async () => {
    const transport = memoryHttp((_request, path) =>
      path.endsWith('/time') ? json(timeBody(Date.now() + 90_000)) : json(JSON.parse(accounts)),
    )
    const client = createCoinbaseClient(clientOptions(transport))
    await client.measureClock()
    await client.listAccounts()
    const { claims } = readJwt(transport.requests[1]?.headers['authorization']?.replace('Bearer ', '') ?? '')
    expect(Number(claims['nbf']) - Date.now() / 1000).toBeGreaterThan(85)
    expect(client.venueClock.skewMs()).toBeGreaterThan(85_000)
  })

  it('its weight, taken from the right bucket, cancels as urgent', async () => {
    const budget = openBudget()
    const transport = memoryHttp((_request, path) =>
      path.endsWith('/batch_cancel') ? json({ results: [] }) : json({ products: [], num_products: 0 }),
    )
    await createCoinbaseClient(clientOptions(transport, { budget })).listProducts()
    await createCoinbaseClient(clientOptions(transport, { budget, signer: undefined })).listProducts()
    await createCoinbaseClient(clientOptions(transport, { budget })).cancelOrders(['a'])
    expect(budget.takes).toEqual([
      ['private', 3, false],
      ['public', 1, false],
      ['private', 1, true],
    ])
  })
})

describe('what is told about requests', () => {
  it('counts, durations and errors by endpoint and code, and a log line without secrets', async () => {
    const log = new MemoryLog()
    const metrics = new MemoryMetrics()
    const transport = memoryHttp(() => ({ status: 503, body: html, headers: { 'x-request-id': 'r-1' } }))
    await failureOf(createCoinbaseClient(clientOptions(transport, { log, metrics, readAttempts: 1 })).listAccounts())
    const labels = { endpoint: 'listAccounts' }
    expect(metrics.samples).toContainEqual(
      expect.objectContaining({ name: 'api_requests_total', labels: { ...labels, status: '503' } }),
    )
    expect(metrics.samples).toContainEqual(
      expect.objectContaining({ kind: 'observe', name: 'api_request_duration_seconds', labels }),
    )
    expect(metrics.samples).toContainEqual(
      expect.objectContaining({ name: 'api_errors_total', labels: { ...labels, error_code: 'ERR_VENUE_PROTOCOL' } }),
    )
    expect(log.entries).toContainEqual({
      level: 'error',
      event: 'api_error',
      fields: {
        error_code: 'ERR_VENUE_PROTOCOL',
        error_message: 'Coinbase answered listAccounts with 503 an HTML page (503)',
        endpoint: 'listAccounts',
        request_id: 'r-1',
      },
    })
    expect(JSON.stringify(log.entries)).not.toContain('Bearer')
  })

  it('treats an unforeseen fault of the transport as sent', async () => {
    const transport = memoryHttp(() => new Error('what?'))
    expect(await failureOf(createCoinbaseClient(clientOptions(transport)).createOrder(newOrder))).toMatchObject({
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
    })
    const notSent = memoryHttp(() => new TransportError('refused', false))
    expect(await failureOf(createCoinbaseClient(clientOptions(notSent)).createOrder(newOrder))).toMatchObject({
      code: 'ERR_VENUE_NOT_SENT',
    })
  })
})

describe('where requests may go', () => {
  const transport = memoryHttp(() => json({}))
  it.each(['http://api.coinbase.com', 'ftp://x', 'nonsense', 'https://user:pass@host', 'https://host/?a=b'])(
    'refuses %s',
    (restUrl) => {
      expect(() => createCoinbaseClient(clientOptions(transport, { restUrl }))).toThrow(/restUrl/)
    },
  )
  it.each(['https://api.coinbase.com', 'http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1'])(
    'accepts %s',
    (restUrl) => {
      expect(() => createCoinbaseClient(clientOptions(transport, { restUrl }))).not.toThrow()
    },
  )

  it('says that the static sandbox has no market data, and sends it no token', async () => {
    const sandbox = memoryHttp(() => json({ accounts: [], has_next: false }))
    const client = createCoinbaseClient(clientOptions(sandbox, { environment: 'sandbox' }))
    const error = await failureOf(client.getProductBook('BTC-USD', 1))
    expect(error).toMatchObject({ code: 'ERR_VENUE_UNAVAILABLE' })
    expect(error.hint).toContain('paper')
    expect(sandbox.requests).toEqual([])
    await client.listAccounts()
    expect(sandbox.requests[0]?.headers['authorization']).toBeUndefined()
  })

  it('asks for a key before it asks the venue', async () => {
    const client = createCoinbaseClient(clientOptions(transport, { signer: undefined }))
    expect(await failureOf(client.listAccounts())).toMatchObject({ code: 'ERR_VENUE_AUTH' })
    expect(transport.requests).toEqual([])
  })
})
