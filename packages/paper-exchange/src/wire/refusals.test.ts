import {
  CANCEL_FAILURE_REASONS,
  EDIT_FAILURE_REASONS,
  NEW_ORDER_FAILURE_REASONS,
  PREVIEW_FAILURE_REASONS,
} from '@tidegate/coinbase-wire'
import { CountingIds, FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Product } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { ABSENT_REASONS } from '../testing/absent-reasons.js'
import { handPrices } from '../testing/hand-prices.js'
import { testClient } from '../testing/test-client.js'

const startMs = new FakeTime().nowMs()
const at = (seconds: number) => new Date(startMs + seconds * 1_000).toISOString()
const year = 366 * 86_400

const market = (fields: object) => ({ market_market_ioc: fields })
const limit = (fields: object, kind = 'gtc') => ({
  [`limit_limit_${kind}`]: { base_size: '1', limit_price: '90', ...fields },
})
const stop = (fields: object) => ({
  stop_limit_stop_limit_gtc: {
    base_size: '1',
    limit_price: '89',
    stop_price: '90',
    stop_direction: 'STOP_DIRECTION_STOP_DOWN',
    ...fields,
  },
})
const bracket = (fields: object, kind = 'gtc') => ({
  [`trigger_bracket_${kind}`]: { base_size: '1', limit_price: '110', stop_trigger_price: '90', ...fields },
})
const twap = (fields: object) => ({
  twap_limit_gtd: {
    base_size: '1',
    limit_price: '105',
    start_time: at(0),
    end_time: at(600),
    number_buckets: '10',
    ...fields,
  },
})
const ladder = (fields: object) => ({
  scaled_limit_gtc: { base_size: '1', num_orders: '4', min_price: '110', max_price: '116', ...fields },
})
const attach = (fields: object, side = 'BUY') => ({
  side,
  attached_order_configuration: {
    trigger_bracket_gtc: { limit_price: '120', stop_trigger_price: '80', ...fields },
  },
})

interface Row {
  /** The venue's word: of `new_order_failure_reason`, or of `preview_failure_reason` where it begins so. */
  readonly word: string
  readonly configuration: object
  /** Default: a sale of BTC-USD. */
  readonly more?: object
  readonly state?: Partial<Product>
}

const rows: readonly Row[] = [
  { word: 'INVALID_SIDE', configuration: limit({}), more: { side: 'HOLD' } },
  { word: 'INVALID_REQUEST', configuration: { ...limit({}), ...market({ base_size: '1' }) } },
  { word: 'UNSUPPORTED_ORDER_CONFIGURATION', configuration: { market_market_fok: { base_size: '1' } } },
  { word: 'UNSUPPORTED_ORDER_CONFIGURATION', configuration: {} },
  { word: 'UNSUPPORTED_ORDER_CONFIGURATION', configuration: market({ quote_size: '10' }) },
  { word: 'PREVIEW_INVALID_ORDER_CONFIG', configuration: market({}) },
  { word: 'PREVIEW_INVALID_ORDER_CONFIG', configuration: market({ base_size: '1', quote_size: '10' }) },
  { word: 'PREVIEW_NON_NUMERIC_ORDER_SIZE', configuration: limit({ base_size: '-1' }) },
  { word: 'PREVIEW_NON_NUMERIC_ORDER_SIZE', configuration: limit({ base_size: '0' }) },
  { word: 'INVALID_PRODUCT_ID', configuration: limit({}), more: { product_id: 'NO-USD' } },
  { word: 'PREVIEW_INVALID_SIZE_PRECISION', configuration: limit({ base_size: '1.000000001' }) },
  { word: 'PREVIEW_INVALID_PRICE_PRECISION', configuration: limit({ limit_price: '90.001' }) },
  {
    word: 'PREVIEW_INVALID_QUOTE_SIZE_PRECISION',
    configuration: market({ quote_size: '10.001' }),
    more: { side: 'BUY' },
  },
  { word: 'PREVIEW_INVALID_STOP_PRICE_PRECISION', configuration: stop({ stop_price: '90.001' }) },
  { word: 'PREVIEW_INVALID_STOP_PRICE', configuration: stop({ stop_price: '0' }) },
  { word: 'PREVIEW_INVALID_BASE_SIZE_TOO_LARGE', configuration: limit({ base_size: '3401' }) },
  {
    word: 'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL',
    configuration: limit({ base_size: '26', limit_price: '0.1' }),
    more: { product_id: 'TONE-USD', side: 'BUY' },
  },
  {
    word: 'PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE',
    configuration: market({ quote_size: '150000000.01' }),
    more: { side: 'BUY' },
  },
  { word: 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL', configuration: limit({ base_size: '0.00000001' }) },
  { word: 'PREVIEW_INVALID_PRICE_TOO_LARGE', configuration: limit({ limit_price: '900000000000000' }) },
  { word: 'PREVIEW_INSUFFICIENT_FUND', configuration: limit({ base_size: '3' }) },
  { word: 'INVALID_LIMIT_PRICE', configuration: limit({ limit_price: '0' }) },
  { word: 'INVALID_LIMIT_PRICE_POST_ONLY', configuration: limit({ limit_price: '98', post_only: true }) },
  { word: 'POST_ONLY_NOT_ALLOWED_WITH_FOK', configuration: limit({ post_only: true }, 'fok') },
  { word: 'PRICE_NOT_ALLOWED_FOR_MARKET_ORDERS', configuration: market({ base_size: '1', limit_price: '90' }) },
  { word: 'REDUCE_ONLY_NOT_ALLOWED_ON_SPOT_PRODUCTS', configuration: limit({ reduce_only: true }) },
  {
    word: 'INVALID_NO_LIQUIDITY',
    configuration: market({ base_size: '1' }),
    more: { product_id: 'ETH-USD', side: 'BUY' },
  },
  { word: 'GTD_ORDERS_MUST_HAVE_END_TIME', configuration: limit({}, 'gtd') },
  { word: 'GTD_ORDERS_MUST_HAVE_END_TIME', configuration: bracket({ end_time: 'tomorrow' }, 'gtd') },
  { word: 'END_TIME_IS_IN_THE_PAST', configuration: limit({ end_time: at(-1) }, 'gtd') },
  { word: 'END_TIME_IS_IN_THE_PAST', configuration: bracket({ end_time: at(0) }, 'gtd') },
  { word: 'END_TIME_TOO_FAR_IN_FUTURE', configuration: limit({ end_time: at(year + 60) }, 'gtd') },
  { word: 'END_TIME_TOO_FAR_IN_FUTURE', configuration: bracket({ end_time: at(year + 60) }, 'gtd') },
  { word: 'MISSING_MARKET_TRADE_DATA', configuration: stop({}), more: { product_id: 'SOL-USD' } },
  { word: 'PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE', configuration: stop({ stop_price: '100' }) },
  {
    word: 'PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE',
    configuration: stop({ stop_price: '100', limit_price: '100', stop_direction: 'STOP_DIRECTION_STOP_UP' }),
  },
  { word: 'PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE', configuration: stop({ limit_price: '91' }) },
  {
    word: 'PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE',
    configuration: stop({ stop_price: '103', limit_price: '102', stop_direction: 'STOP_DIRECTION_STOP_UP' }),
    more: { side: 'BUY' },
  },
  { word: 'QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET', configuration: bracket({ base_size: undefined, quote_size: '10' }) },
  { word: 'PREVIEW_INVALID_BRACKET_LIMIT_PRICE_PRECISION', configuration: bracket({ limit_price: '110.001' }) },
  { word: 'PREVIEW_INVALID_STOP_TRIGGER_PRICE_PRECISION', configuration: bracket({ stop_trigger_price: '90.001' }) },
  { word: 'INVALID_BRACKET_PRICES', configuration: bracket({ limit_price: '89' }) },
  { word: 'INVALID_BRACKET_LIMIT_PRICE', configuration: bracket({ limit_price: '100' }) },
  { word: 'INVALID_BRACKET_STOP_TRIGGER_PRICE', configuration: bracket({ stop_trigger_price: '100' }) },
  { word: 'START_TIME_MUST_BE_SPECIFIED', configuration: twap({ start_time: undefined }) },
  { word: 'DURATION_TOO_SMALL', configuration: twap({ end_time: at(30), number_buckets: '2' }) },
  { word: 'DURATION_TOO_LARGE', configuration: twap({ end_time: at(8 * 86_400) }) },
  {
    word: 'BUCKET_SIZE_SMALLER_THAN_BASE_MIN',
    configuration: twap({ base_size: '100', limit_price: '0.05' }),
    more: { product_id: 'TONE-USD', side: 'BUY' },
  },
  {
    word: 'BUCKET_SIZE_SMALLER_THAN_QUOTE_MIN',
    configuration: twap({ base_size: undefined, quote_size: '5' }),
    more: { side: 'BUY' },
  },
  { word: 'SCALED_PARAM_INFEASIBLE', configuration: ladder({ max_price: '100' }) },
  { word: 'SCALED_MIN_ORDER_VIOLATION', configuration: ladder({ base_size: '0.00000004' }) },
  { word: 'SCALED_MAX_ORDER_VIOLATION', configuration: ladder({ num_orders: '101' }) },
  {
    word: 'SCALED_PARAM_DISCREPANCY',
    configuration: ladder({ num_orders: '3', orders: [{ base_size: '1', limit_price: '110' }] }),
  },
  {
    word: 'ATTACHED_ORDER_SIZE_MUST_BE_NIL',
    configuration: limit({}),
    more: attach({ base_size: '1' }),
  },
  {
    word: 'SINGLE_LEGGED_TPSL_NOT_ALLOWED',
    configuration: limit({}),
    more: attach({ stop_trigger_price: undefined }),
  },
  { word: 'ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES', configuration: limit({}), more: attach({ limit_price: '-1' }) },
  {
    word: 'INVALID_ORDER_TYPE_FOR_ATTACHED',
    configuration: limit({}),
    more: { side: 'BUY', attached_order_configuration: { limit_limit_gtc: { limit_price: '1' } } },
  },
  { word: 'INVALID_ORDER_SIDE_FOR_ATTACHED_TPSL', configuration: limit({}), more: attach({}, 'SELL') },
  {
    word: 'ATTACHED_ORDERS_ONLY_ALLOWED_ON_MARKET_LIMIT',
    configuration: twap({}),
    more: attach({}),
  },
  { word: 'INVALID_ATTACHED_TAKE_PROFIT_PRICE', configuration: limit({}), more: attach({ limit_price: '90' }) },
  { word: 'INVALID_ATTACHED_STOP_LOSS_PRICE', configuration: limit({}), more: attach({ stop_trigger_price: '90' }) },
  {
    word: 'INVALID_ATTACHED_TAKE_PROFIT_PRICE_PRECISION',
    configuration: limit({}),
    more: attach({ limit_price: '120.001' }),
  },
  {
    word: 'INVALID_ATTACHED_STOP_LOSS_PRICE_PRECISION',
    configuration: limit({}),
    more: attach({ stop_trigger_price: '80.001' }),
  },
  {
    word: 'INVALID_ATTACHED_TAKE_PROFIT_SIZE_BELOW_MIN',
    configuration: market({ quote_size: '1' }),
    more: { ...attach({ limit_price: '0.06', stop_trigger_price: '0.04' }), product_id: 'TONE-USD' },
  },
  { word: 'ORDER_ENTRY_DISABLED', configuration: limit({}), state: { cancelOnly: true } },
  { word: 'UNTRADABLE_PRODUCT', configuration: limit({}), state: { isDisabled: true } },
  { word: 'UNTRADABLE_PRODUCT', configuration: limit({}), state: { viewOnly: true } },
  { word: 'TRADING_DISABLED', configuration: limit({}), state: { tradingDisabled: true } },
  { word: 'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE', configuration: limit({}), state: { postOnly: true } },
  {
    word: 'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE',
    configuration: market({ base_size: '1' }),
    state: { limitOnly: true },
  },
  { word: 'PREVIEW_NOT_ALLOWED_BY_MARKET_STATE', configuration: limit({}, 'fok'), state: { auctionMode: true } },
]

let exchange: PaperExchange
let prices: ReturnType<typeof handPrices>
let client: ReturnType<typeof testClient>
const twins: ReadonlySet<string> = new Set(NEW_ORDER_FAILURE_REASONS.map((word) => `PREVIEW_${word}`))
const previewOnly = PREVIEW_FAILURE_REASONS.filter((word) => !twins.has(word))
const said = {
  newOrder: new Set<string>(),
  preview: new Set<string>(),
  edit: new Set<string>(),
  cancel: new Set<string>(),
}

async function openExchange(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  prices = handPrices()
  exchange = await createPaperExchange({
    clock: time,
    timers: time,
    ids: new CountingIds(),
    log: new MemoryLog(),
    prices: prices.source,
    rateLimits: 'off',
    initialBalances: { USD: '400000000', BTC: '2' },
    ...options,
  })
  client = testClient(exchange, () => time.nowMs())
  prices.show([
    ['bid', '99', '5'],
    ['ask', '101', '5'],
  ])
  prices.trade('100', '0.1', 'BUY', time.nowMs())
  prices.show([['ask', '0.05', '100000']], true, 'TONE-USD')
  prices.trade('0.05', '1', 'BUY', time.nowMs(), 'TONE-USD')
}

let count = 0
async function send(configuration: object, more: object = {}) {
  return client.post('/orders', {
    client_order_id: `order ${++count}`,
    product_id: 'BTC-USD',
    side: 'SELL',
    order_configuration: configuration,
    ...more,
  })
}

async function accepted(configuration: object, more: object = {}): Promise<string> {
  const { json } = await send(configuration, more)
  expect(json).toMatchObject({ success: true })
  return json.order_id as string
}

beforeAll(() => openExchange())
afterAll(() => exchange.close())

describe('an order is refused with', () => {
  it.each(rows)('$word: $configuration $more $state', async ({ word, configuration, more, state }) => {
    if (state) exchange.changeProduct('BTC-USD', state)
    const before = exchange.orders().length
    const { status, json } = await send(configuration, more)
    const preview = await client.post('/orders/preview', {
      product_id: 'BTC-USD',
      side: 'SELL',
      order_configuration: configuration,
      ...more,
    })
    if (state) {
      const calm = { isDisabled: false, viewOnly: false, tradingDisabled: false, cancelOnly: false }
      exchange.changeProduct('BTC-USD', { ...calm, postOnly: false, limitOnly: false, auctionMode: false })
    }
    expect(status).toBe(200)
    expect(json).toMatchObject({ success: false, failure_reason: 'UNKNOWN_FAILURE_REASON', order_id: '' })
    expect(json.order_configuration).toEqual(JSON.parse(JSON.stringify(configuration)))
    const {
      error,
      message,
      preview_failure_reason: previewWord,
      new_order_failure_reason: newWord,
    } = json.error_response
    if (word.startsWith('PREVIEW_')) expect([previewWord, newWord]).toEqual([word, undefined])
    else expect([newWord, error, previewWord]).toEqual([word, word, undefined])
    expect(message).not.toBe('')
    said.newOrder.add(error as string)
    if (previewWord !== undefined) said.preview.add(previewWord as string)
    // A preview says the same, in its own list of words where that has one.
    expect(preview.status).toBe(200)
    expect([word, `PREVIEW_${word}`]).toContain(preview.json.errs[0])
    expect(exchange.orders().length).toBe(before)
  })

  it('DUPLICATE_CLIENT_ORDER_ID on request, CANNOT_CLOSE_ZERO_POSITION on a close, INVALID_REQUEST on what cannot be read', async () => {
    exchange.faults.next({ kind: 'duplicate-client-order-id', verb: 'create-order' })
    const duplicate = await send(limit({}))
    const close = await client.post('/orders/close_position', { client_order_id: 'c', product_id: 'BTC-USD' })
    const unread = await send(limit({}), { side: 'BUY', attached_order_configuration: 'x' })
    for (const { json } of [duplicate, close, unread]) said.newOrder.add(json.error_response.error as string)
    expect([duplicate, close, unread].map(({ json }) => json.error_response.error)).toEqual([
      'DUPLICATE_CLIENT_ORDER_ID',
      'CANNOT_CLOSE_ZERO_POSITION',
      'INVALID_REQUEST',
    ])
  })

  it('nothing at all and a 400 where the body is no order', async () => {
    for (const body of [
      {},
      { client_order_id: 'x', product_id: 'BTC-USD', side: 'SELL' },
      { client_order_id: 'x'.repeat(129), product_id: 'BTC-USD', side: 'SELL', order_configuration: limit({}) },
      { client_order_id: 'x', product_id: 'BTC-USD', side: 'SELL', order_configuration: 'limit' },
    ]) {
      const { status, json } = await client.post('/orders', body)
      expect([status, json.error]).toEqual([400, 'INVALID_ARGUMENT'])
    }
    const eth = await send(market({ quote_size: '10' }), { product_id: 'BTC-USDC', side: 'BUY' })
    expect([eth.status, eth.json.message]).toEqual([400, 'account is not available'])
  })
})

describe('an edit is refused with', () => {
  const edit = async (orderId: string, fields: object = {}) => {
    const body = { order_id: orderId, price: '120', size: '0.1', ...fields }
    const { status, json } = await client.post('/orders/edit', body)
    const preview = (await client.post('/orders/edit_preview', body)).json
    expect([status, json.success]).toEqual([200, false])
    expect(preview.errors[0].edit_failure_reason).toBe(json.errors[0].edit_failure_reason)
    said.edit.add(json.errors[0].edit_failure_reason as string)
    return json.errors[0] as { edit_failure_reason: string; preview_failure_reason: string }
  }
  const wordOf = async (orderId: string, fields?: object) => (await edit(orderId, fields)).edit_failure_reason

  it('what is wrong with its numbers', async () => {
    const id = await accepted(limit({ base_size: '0.1', limit_price: '130' }))
    expect(await wordOf('no such order')).toBe('ORDER_NOT_FOUND')
    expect(await wordOf(id, { size: undefined })).toBe('INVALID_EDITED_SIZE')
    expect(await wordOf(id, { size: '0.000000001' })).toBe('INVALID_EDITED_SIZE')
    expect(await wordOf(id, { price: undefined })).toBe('INVALID_EDITED_PRICE')
    expect(await wordOf(id, { price: '120.001' })).toBe('INVALID_EDITED_PRICE')
    expect(await wordOf(id, { price: '130' })).toBe('EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST')
    expect(await wordOf(id, { stop_price: '90' })).toBe('FIELD_STOPPRICE_NOT_SUPPORTED')
    expect(await wordOf(id, { cancel_attached_order: true })).toBe('ORDER_EDIT_INVALID_ATTACHED_ORDER_REQUEST')
    expect(await edit(id, { size: '3' })).toMatchObject({
      edit_failure_reason: 'COMMANDER_REJECTED_EDIT_ORDER',
      preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND',
    })
    prices.trade('130', '0.04', 'BUY', startMs)
    expect(await wordOf(id, { size: '0.03' })).toBe('CANNOT_EDIT_TO_BELOW_FILLED_SIZE')
    prices.trade('100', '0.1', 'BUY', startMs)
    const guard = await accepted(stop({ base_size: '0.1' }))
    expect(await wordOf(guard, { stop_price: '90.001' })).toBe('INVALID_EDITED_STOP_PRICE')
  })

  it('what kind of order it is', async () => {
    const done = await accepted(market({ base_size: '0.1' }))
    expect(await wordOf(done)).toBe('ONLY_LIMIT_ORDER_EDITS_SUPPORTED')
    const over = await accepted(limit({ base_size: '0.1', limit_price: '98' }))
    expect(await wordOf(over)).toBe('ONLY_OPEN_ORDERS_CAN_BE_EDITED')
    const dated = await accepted(limit({ base_size: '0.1', limit_price: '130', end_time: at(600) }, 'gtd'))
    expect(await wordOf(dated)).toBe('ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED')
    const money = await accepted(limit({ base_size: undefined, quote_size: '10', limit_price: '90' }), { side: 'BUY' })
    expect(await wordOf(money, { price: '91' })).toBe('SIZE_IN_QUOTE_EDITS_NOT_ALLOWED')
    const parent = await accepted(limit({ base_size: '0.2', limit_price: '98' }), attach({}))
    prices.trade('98', '0.1', 'SELL', startMs)
    const child = exchange.orders().find((order) => order.originatingOrderId === parent)?.orderId ?? ''
    const resized = { price: '120', size: '0.2' }
    expect(await wordOf(child, resized)).toBe('CANNOT_EDIT_ATTACHED_ORDER_SIZE_WITH_OPEN_ORIGINATING_ORDER')
    prices.trade('100', '0.1', 'BUY', startMs)
  })

  it('what has been triggered', async () => {
    const guard = await accepted(stop({ base_size: '0.1', limit_price: '95', stop_price: '95' }))
    const both = await accepted(bracket({ base_size: '0.1', stop_trigger_price: '95' }))
    prices.show([['bid', '50', '1']])
    prices.trade('95', '0.1', 'SELL', startMs)
    expect(await wordOf(guard, { stop_price: '94' })).toBe('CANNOT_EDIT_STOP_PRICE_FOR_TRIGGERED_ORDER')
    expect(await wordOf(both, { stop_price: '94' })).toBe('CANNOT_EDIT_TRIGGERED_ORDER')
  })

  it('what is on its way', async () => {
    await exchange.close()
    await openExchange({ openDelayMs: 1_000, editDelayMs: 1_000, cancelDelayMs: 1_000 })
    const pending = await accepted(limit({ base_size: '0.1' }))
    expect(await wordOf(pending)).toBe('ONLY_OPEN_ORDERS_CAN_BE_EDITED')
    await exchange.close()
    await openExchange({ editDelayMs: 1_000, cancelDelayMs: 1_000 })
    const id = await accepted(limit({ base_size: '0.1', limit_price: '130' }))
    expect((await client.post('/orders/edit', { order_id: id, price: '131', size: '0.1' })).json.success).toBe(true)
    expect(await wordOf(id)).toBe('ORDER_IS_ALREADY_BEING_REPLACED')
    await client.post('/orders/batch_cancel', { order_ids: [id] })
    expect(await wordOf(id)).toBe('CANNOT_EDIT_ORDER_PENDING_CANCEL')
    const twapId = await accepted(twap({ base_size: '0.5', limit_price: '100' }))
    expect(await wordOf(twapId)).toBe('ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED')
  })
})

describe('a cancel is refused with', () => {
  it('the word for what the order is', async () => {
    const filled = await accepted(market({ base_size: '0.1' }))
    const open = await accepted(limit({ base_size: '0.1', limit_price: '130' }))
    const fok = await accepted(limit({ base_size: '0.2', limit_price: '140' }, 'fok'))
    const { results } = (
      await client.post('/orders/batch_cancel', { order_ids: [filled, open, open, fok, '0000', ' '] })
    ).json
    const reasons = results.map((row: Record<string, string>) => row['failure_reason'])
    for (const reason of reasons) said.cancel.add(reason as string)
    expect(reasons).toEqual([
      'ORDER_IS_FULLY_FILLED',
      'UNKNOWN_CANCEL_FAILURE_REASON',
      'DUPLICATE_CANCEL_REQUEST',
      'NOT_ALLOWED_TO_CANCEL',
      'UNKNOWN_CANCEL_ORDER',
      'INVALID_CANCEL_REQUEST',
    ])
    const many = Array.from({ length: 101 }, () => 'x')
    const refused = await client.post('/orders/batch_cancel', { order_ids: many })
    expect([refused.status, refused.json.error]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(refused.json.message).toContain('100')
  })
})

describe('the venue’s whole list of words', () => {
  const absent = (list: keyof typeof ABSENT_REASONS) => ABSENT_REASONS[list].flatMap(([, names]) => [...names])

  it.each([
    ['newOrder', NEW_ORDER_FAILURE_REASONS, () => said.newOrder],
    ['previewOnly', previewOnly, () => new Set([...said.preview].filter((word) => previewOnly.includes(word)))],
    ['edit', EDIT_FAILURE_REASONS, () => said.edit],
    ['cancel', CANCEL_FAILURE_REASONS, () => said.cancel],
  ] as const)('%s: each is said above, or it is written down why not', (list, all, heard) => {
    const known = [...heard(), ...absent(list)]
    expect(new Set(known).size, 'no word is both').toBe(known.length)
    expect(known.sort()).toEqual([...all].sort())
  })
})
