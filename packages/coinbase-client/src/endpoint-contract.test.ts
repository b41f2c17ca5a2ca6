import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ENDPOINTS, type EndpointName, matchEndpoint } from '@tidegate/coinbase-wire'
import { Decimal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coverageTable, replaceCoverage } from '../test-support/coverage-table.js'
import { endpointSamples } from '../test-support/endpoint-samples.js'
import { type LoopbackServer, reply, type SeenRequest, startLoopback } from '../test-support/loopback.js'
import { clientOptions, readJwt } from '../test-support/runtime.js'
import { createAxiosTransport, createCoinbaseClient, rawOf } from './index.js'

const names = Object.keys(ENDPOINTS) as EndpointName[]
const transport = createAxiosTransport()
/** Endpoints whose verb passed its contract in this run. */
const passed = new Set<EndpointName>()

let server: LoopbackServer & { readonly seen: readonly SeenRequest[] }
let answer: unknown

beforeAll(async () => {
  server = await startLoopback((_request, response) => reply(response, 200, JSON.stringify(answer)))
})
afterAll(async () => {
  transport.close()
  await server.close()
})

/** Decimals compare by value in `toMatchObject` only as text. */
function plain(value: unknown): unknown {
  if (Decimal.isDecimal(value)) return `decimal ${value.toFixed()}`
  if (value instanceof Map) return [...value].map(plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
}

describe('every request of the table', () => {
  it.each(names)('%s goes out as described, once, and its answer is read', async (name) => {
    const sample = endpointSamples[name]
    const { method, permission } = ENDPOINTS[name]
    const client = createCoinbaseClient({
      ...clientOptions(transport, { restUrl: server.origin }),
      ...(sample.keyless ? { signer: undefined } : {}),
    })
    answer = sample.answer
    const before = server.seen.length
    const result = await sample.call(client)
    expect(server.seen.length - before).toBe(1)
    const request = server.seen.at(-1) as SeenRequest
    expect(matchEndpoint(request.method, request.path)?.name).toBe(name)
    const { authorization } = request.headers
    if (permission === 'public') expect(authorization).toBeUndefined()
    else {
      // The path alone is signed, never the query.
      const { claims } = readJwt((authorization ?? '').replace('Bearer ', ''))
      expect(claims['uri']).toBe(`${method} ${new URL(server.origin).host}${request.path}`)
    }
    expect(request.headers['cb-version'] !== undefined).toBe(request.path.startsWith('/v2/'))
    if (sample.query !== undefined) expect(request.query).toBe(sample.query)
    if (sample.body !== undefined) expect(JSON.parse(request.body)).toEqual(sample.body)
    else expect(method === 'GET' ? request.body : '').toBe('')
    if (sample.result === undefined) expect(result).toBeUndefined()
    else if (typeof sample.result === 'object') expect(plain(result)).toMatchObject(plain(sample.result) as object)
    else expect(result).toEqual(sample.result)
    passed.add(name)
  })

  it('is written down in the README as it is: endpoint, verb, implemented, tested', () => {
    const file = fileURLToPath(new URL('../README.md', import.meta.url))
    const client = createCoinbaseClient(clientOptions(transport))
    const table = coverageTable(endpointSamples, (verb) => typeof client[verb] === 'function', passed)
    const readme = readFileSync(file, 'utf8')
    const wanted = replaceCoverage(readme, table)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, wanted)
    else expect(readme).toBe(wanted)
    expect(passed.size).toBe(names.length)
  })
})

describe('fields that nobody described', () => {
  it('pass through a model-typed result as raw data, under the name of the venue', async () => {
    const client = createCoinbaseClient(clientOptions(transport, { restUrl: server.origin }))
    answer = endpointSamples.getOrder.answer
    const order = await client.getOrder('order-1')
    expect(rawOf(order)).toMatchObject({ brand_new: 'kept', status: 'A_STATUS_OF_TOMORROW', number_of_fills: 1 })
    expect(rawOf({ ...order })).toBeUndefined()
    answer = endpointSamples.listAccounts.answer
    expect(rawOf((await client.listAccounts())[0])).toMatchObject({ brand_new: { a: '1' } })
  })

  it('pass through a plain result as fields of it, numbers as decimal text', async () => {
    const client = createCoinbaseClient(clientOptions(transport, { restUrl: server.origin }))
    answer = { payment_method: { id: 'pm', fee_rate: 0.1, inner_thing: { some_at: '2026-01-02T03:04:05Z' } } }
    const method = await client.getPaymentMethod('pm')
    expect(method).toEqual({ id: 'pm', feeRate: '0.1', innerThing: { someAt: '2026-01-02T03:04:05Z' } })
    expect(rawOf(method)).toMatchObject({ fee_rate: '0.1' })
  })

  it('never make "" a number', async () => {
    const client = createCoinbaseClient(clientOptions(transport, { restUrl: server.origin }))
    answer = { portfolios: [{ collateral: '', borrow: null, pending_fees: 'n/a', unrealized_pnl: '' }] }
    expect(await client.getPerpetualPortfolio('p')).toEqual({ portfolios: [{}] })
  })
})
