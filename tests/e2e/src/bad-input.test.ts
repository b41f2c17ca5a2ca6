import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callTool, cleanUp, connectStdioV1, freshHome, readResource } from './harness.js'

let client: Client
beforeAll(async () => {
  client = (await connectStdioV1(freshHome())).client
})
afterAll(cleanUp)

const market = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET' }

const cases: readonly [string, Record<string, unknown>, string][] = [
  ...['NaN', '1e-7', '-1', '0', '', '٣', '9'.repeat(400)].map((size): [string, Record<string, unknown>, string] => [
    `size ${size.slice(0, 12)}`,
    { ...market, size },
    'size',
  ]),
  ['a quote size that is no number', { ...market, quote_size: 'ten' }, 'quote_size'],
  ['both size and quote_size', { ...market, size: '1', quote_size: '1' }, 'quote_size'],
  ['neither size nor quote_size', market, 'size'],
  ['a limit order without its price', { ...market, order_type: 'LIMIT', size: '1' }, 'limit_price'],
  ['a stop order without its stop', { ...market, order_type: 'STOP_LIMIT', size: '1', limit_price: '1' }, 'stop_price'],
  ['a side that is none', { ...market, side: 'HOLD', size: '1' }, 'side'],
  ['a type that is none', { ...market, order_type: 'MARKT', size: '1' }, 'order_type'],
  ['an argument nobody knows', { ...market, size: '1', sise: '1' }, 'sise'],
]

describe('bad input', () => {
  it.each(cases)('%s: names the field and the cure', async (_name, args, field) => {
    const result = await callTool(client, 'place_order', args)
    expect(result['success']).toBe(false)
    const error = result['error'] as { code: string; message: string; issues?: { field: string; fix: string }[] }
    expect(error.code).toBe('ERR_INPUT_INVALID')
    const issue = error.issues?.find((item) => item.field === field)
    expect(issue, JSON.stringify(error)).toBeDefined()
    expect(issue?.fix.length).toBeGreaterThan(5)
  })

  it('an unknown product is denied by name', async () => {
    const result = await callTool(client, 'place_order', { ...market, product_id: 'NOPE-USD', size: '1' })
    expect(JSON.stringify(result)).toContain('PRODUCT_NOT_FOUND')
    expect(result['success']).toBe(false)
  })

  it('none of it became an intent on its way to the venue, or an order there', async () => {
    const history = await readResource(client, 'order://history')
    const orders = history['orders'] as { state: string; order_id?: string }[]
    expect(orders.filter((order) => order.order_id)).toEqual([])
    expect(orders.filter((order) => order.state !== 'DENIED')).toEqual([])
  })
})
