import { orderSchema } from '@tidegate/coinbase-wire'
import { FakeTime } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { handPrices } from '../testing/hand-prices.js'
import { keyOf, pythonToken, testClient, testSocket } from '../testing/test-client.js'

const open: PaperExchange[] = []
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

const startMs = new FakeTime().nowMs()
const at = (seconds: number) => new Date(startMs + seconds * 1_000).toISOString()

async function start(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  const prices = handPrices()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    prices: prices.source,
    rateLimits: 'off',
    initialBalances: { USD: '10000', BTC: '2' },
    ...options,
  })
  open.push(exchange)
  prices.show([
    ['bid', '99', '1'],
    ['ask', '101', '1'],
  ])
  prices.trade('100', '0.1', 'BUY', time.nowMs())
  return { exchange, time, prices, client: testClient(exchange, () => time.nowMs()) }
}

function create(configuration: object, side: 'BUY' | 'SELL' = 'SELL', more: object = {}) {
  return { client_order_id: 'a', product_id: 'BTC-USD', side, order_configuration: configuration, ...more }
}

const twap = { limit_price: '105', start_time: at(0), end_time: at(600) }
const ladder = { base_size: '1', num_orders: '4', min_price: '110', max_price: '116' }

describe('orders of every kind over HTTP', () => {
  it.each([
    [
      'a bracket',
      create({ trigger_bracket_gtc: { base_size: '1', limit_price: '110', stop_trigger_price: '90' } }),
      { order_type: 'BRACKET', time_in_force: 'GOOD_UNTIL_CANCELLED', trigger_status: 'STOP_PENDING' },
    ],
    [
      'a bracket with an end',
      create({
        trigger_bracket_gtd: { base_size: '1', limit_price: '110', stop_trigger_price: '90', end_time: at(60) },
      }),
      { order_type: 'BRACKET', time_in_force: 'GOOD_UNTIL_DATE_TIME' },
    ],
    [
      'a TWAP',
      create({ twap_limit_gtd: { quote_size: '500', number_buckets: '10', ...twap } }, 'BUY'),
      { order_type: 'TWAP', time_in_force: 'GOOD_UNTIL_DATE_TIME', outstanding_hold_amount: '450' },
    ],
    ['a ladder', create({ scaled_limit_gtc: ladder }), { order_type: 'SCALED', outstanding_hold_amount: '1' }],
    [
      'a quote-sized limit',
      create({ limit_limit_gtc: { quote_size: '90', limit_price: '90' } }, 'BUY'),
      { order_type: 'LIMIT', size_in_quote: true, workable_size: '0.98814229' },
    ],
  ])('take %s and show it as it was asked for', async (_name, body, shown) => {
    const { client } = await start()
    const { json } = await client.post('/orders', body)
    expect(json).toMatchObject({ success: true, order_configuration: body.order_configuration })
    const { order } = (await client.get(`/orders/historical/${json.success_response.order_id}`)).json
    expect(orderSchema.safeParse(order).success).toBe(true)
    expect(order).toMatchObject({ status: 'OPEN', ...shown })
    const [key] = Object.keys(body.order_configuration)
    expect(Object.keys(order.order_configuration)).toEqual([key])
  })

  it.each([
    ['a market FOK', { market_market_fok: { base_size: '1' } }, 'UNSUPPORTED_ORDER_CONFIGURATION'],
    [
      'a quote-sized bracket',
      { trigger_bracket_gtc: { quote_size: '100', limit_price: '110', stop_trigger_price: '90' } },
      'QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET',
    ],
    [
      'a TWAP without start',
      { twap_limit_gtd: { ...twap, base_size: '1', start_time: '' } },
      'START_TIME_MUST_BE_SPECIFIED',
    ],
    [
      'a TWAP that is over',
      { twap_limit_gtd: { ...twap, base_size: '1', end_time: at(-1) } },
      'END_TIME_IS_IN_THE_PAST',
    ],
    [
      'buckets of dust',
      { twap_limit_gtd: { ...twap, base_size: '1', bucket_size: '0.000000001' } },
      'DURATION_TOO_SMALL',
    ],
    ['prices the wrong way round', { scaled_limit_gtc: { ...ladder, max_price: '100' } }, 'SCALED_PARAM_INFEASIBLE'],
    [
      'a count that does not fit its orders',
      { scaled_limit_gtc: { ...ladder, orders: [{ base_size: '1', limit_price: '110' }] } },
      'SCALED_PARAM_DISCREPANCY',
    ],
  ])('refuse %s', async (_name, configuration, reason) => {
    const { client, exchange } = await start()
    const { json } = await client.post('/orders', create(configuration))
    expect(json.error_response.error).toBe(reason)
    expect(exchange.orders()).toEqual([])
  })

  it.each([
    [
      'a size',
      { trigger_bracket_gtc: { base_size: '1', limit_price: '110', stop_trigger_price: '90' } },
      'ATTACHED_ORDER_SIZE_MUST_BE_NIL',
    ],
    ['one leg', { trigger_bracket_gtc: { limit_price: '110' } }, 'SINGLE_LEGGED_TPSL_NOT_ALLOWED'],
    ['another kind', { limit_limit_gtc: { limit_price: '110' } }, 'INVALID_ORDER_TYPE_FOR_ATTACHED'],
  ])('refuse an attached order with %s', async (_name, attached, reason) => {
    const { client } = await start()
    const body = create({ market_market_ioc: { quote_size: '50' } }, 'BUY', { attached_order_configuration: attached })
    expect((await client.post('/orders', body)).json.error_response.error).toBe(reason)
  })

  it('name parent and child to each other', async () => {
    const { client } = await start()
    const attached = { trigger_bracket_gtc: { limit_price: '110', stop_trigger_price: '90' } }
    const body = create({ market_market_ioc: { base_size: '0.5' } }, 'BUY', { attached_order_configuration: attached })
    const { success_response: done } = (await client.post('/orders', body)).json
    const get = async (id: string) => (await client.get(`/orders/historical/${id}`)).json.order
    const parent = await get(done.order_id)
    expect(parent).toMatchObject({ attached_order_id: done.attached_order_id, attached_order_configuration: attached })
    expect(await get(done.attached_order_id)).toMatchObject({
      originating_order_id: done.order_id,
      side: 'SELL',
      order_configuration: { trigger_bracket_gtc: { base_size: '0.5', ...attached.trigger_bracket_gtc } },
    })
  })

  it('edit, preview edits, and keep the history', async () => {
    const { client } = await start()
    const body = create({ limit_limit_gtc: { base_size: '1', limit_price: '90' } }, 'BUY')
    const { order_id } = (await client.post('/orders', body)).json
    const preview = await client.post('/orders/edit_preview', { order_id, price: '91', size: '1' })
    expect(preview.json).toMatchObject({ errors: [], base_size: '1', quote_size: '91', order_total: '91.546' })
    expect((await client.post('/orders/edit', { order_id, price: '91', size: '1' })).json).toMatchObject({
      success: true,
      errors: [],
    })
    const { order } = (await client.get(`/orders/historical/${order_id}`)).json
    expect(order.order_configuration.limit_limit_gtc).toMatchObject({ limit_price: '91', base_size: '1' })
    expect(order.edit_history).toMatchObject([{ price: '90', size: '1' }])
    expect((await client.post('/orders/edit', { order_id, price: '91' })).json).toEqual({
      success: false,
      errors: [
        { edit_failure_reason: 'INVALID_EDITED_SIZE', preview_failure_reason: 'UNKNOWN_PREVIEW_FAILURE_REASON' },
      ],
    })
    const tooDear = await client.post('/orders/edit', { order_id, price: '91', size: '500' })
    expect(tooDear.json.errors[0]).toEqual({
      edit_failure_reason: 'COMMANDER_REJECTED_EDIT_ORDER',
      preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND',
    })
  })

  it.each([
    ['before-answer', true],
    ['after-answer', false],
  ] as const)('tell the user channel %s', async (userEvents, isToldFirst) => {
    const { exchange, client, time } = await start({ userEvents, userEventDelayMs: 50 })
    const socket = await testSocket(exchange.ws)
    await socket.subscribe({
      channel: 'user',
      product_ids: ['BTC-USD'],
      jwt: pythonToken(keyOf(exchange), time.nowMs()),
    })
    const told = socket.next((frame) => frame.channel === 'user' && frame.events?.[0]?.type === 'update')
    await client.post('/orders', create({ limit_limit_gtc: { base_size: '1', limit_price: '90' } }, 'BUY'))
    const isTold = () => socket.frames.some((frame) => frame.events?.[0]?.type === 'update')
    if (isToldFirst) await told
    expect(isTold()).toBe(isToldFirst)
    await time.advance(50)
    expect((await told).events?.[0].orders[0].client_order_id).toBe('a')
    socket.terminate()
  })
})
