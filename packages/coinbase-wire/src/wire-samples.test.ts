import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import {
  bestBidAskResponseSchema,
  CANCEL_FAILURE_REASONS,
  cancelOrdersResponseSchema,
  candlesResponseSchema,
  createOrderResponseSchema,
  errorFrameSchema,
  getAccountResponseSchema,
  getOrderResponseSchema,
  heartbeatsFrameSchema,
  keyPermissionsResponseSchema,
  l2FrameSchema,
  listAccountsResponseSchema,
  listFillsResponseSchema,
  listOrdersResponseSchema,
  listProductsResponseSchema,
  marketTradesFrameSchema,
  marketTradesResponseSchema,
  NEW_ORDER_FAILURE_REASONS,
  orderSchema,
  PREVIEW_FAILURE_REASONS,
  parseVenueJson,
  previewOrderResponseSchema,
  productBookResponseSchema,
  productSchema,
  readErrorBody,
  serverTimeResponseSchema,
  subscriptionsFrameSchema,
  tickerFrameSchema,
  transactionSummaryResponseSchema,
  userFrameSchema,
  v2AccountsResponseSchema,
  v2TransactionsResponseSchema,
  WIRE_ORDER_TYPES,
  WIRE_PRODUCT_TYPES,
  WIRE_TIMES_IN_FORCE,
  WIRE_TRIGGER_STATUSES,
} from './index.js'

const folder = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url))
const absent = !existsSync(folder)
const readText = (name: string) => readFileSync(`${folder}${name}`, 'utf8')

describe.skipIf(absent)('captured samples (shared/fixtures)', () => {
  it('lists exactly the failure reasons and enums of the official description', () => {
    const enums = JSON.parse(readText('spec/enums.json')) as Record<string, string[]>
    const sorted = (items: readonly string[] | undefined) => [...(items ?? [])].sort()
    expect(sorted(NEW_ORDER_FAILURE_REASONS)).toEqual(sorted(enums['NewOrderFailureReason']))
    expect(sorted(PREVIEW_FAILURE_REASONS)).toEqual(sorted(enums['PreviewFailureReason']))
    expect(sorted(CANCEL_FAILURE_REASONS)).toEqual(sorted(enums['CancelOrderFailureReason']))
    expect(sorted(WIRE_ORDER_TYPES)).toEqual(sorted(enums['OrderType']))
    expect(sorted(WIRE_TIMES_IN_FORCE)).toEqual(sorted(enums['TimeInForce']))
    expect(sorted(WIRE_TRIGGER_STATUSES)).toEqual(sorted(enums['TriggerStatus']))
    expect(sorted(WIRE_PRODUCT_TYPES)).toEqual(sorted(enums['ProductType']))
  })

  const jkorf: [string, z.ZodType][] = [
    ['Account.GetAccounts', listAccountsResponseSchema],
    ['Account.GetApiKeyInfo', keyPermissionsResponseSchema],
    ['Account.GetFeeInfo', transactionSummaryResponseSchema],
    ['Account.GetFeeInfo2', transactionSummaryResponseSchema],
    ['Account.GetTransactions', v2TransactionsResponseSchema],
    ['ExchangeData.GetKlines', candlesResponseSchema],
    ['ExchangeData.GetOrderBook', productBookResponseSchema],
    ['ExchangeData.GetSymbols', listProductsResponseSchema],
    ['ExchangeData.GetTradeHistory', marketTradesResponseSchema],
    ['Trading.CancelOrders', cancelOrdersResponseSchema],
    ['Trading.GetOrder', getOrderResponseSchema],
    ['Trading.GetOrders', listOrdersResponseSchema],
    ['Trading.GetUserTrades', listFillsResponseSchema],
    ['Trading.PlaceOrder', createOrderResponseSchema],
  ]
  it.each(jkorf)('reads jkorf %s, with numbers as floats and as text', (name, schema) => {
    const body = readText(`jkorf-coinbase-net/endpoints/${name}.txt`).split('\n').slice(3).join('\n')
    expect(schema.safeParse(JSON.parse(body)).error).toBeUndefined()
    expect(schema.safeParse(parseVenueJson(body)).error).toBeUndefined()
  })

  const dart: [string, z.ZodType][] = [
    ['rest.accounts.get_accounts', listAccountsResponseSchema],
    ['rest.accounts.get_accounts_empty', listAccountsResponseSchema],
    ['rest.accounts.get_account', getAccountResponseSchema],
    ['rest.data.get_api_key_permissions', keyPermissionsResponseSchema],
    ['rest.fees.get_transaction_summary', transactionSummaryResponseSchema],
    ['rest.public.get_products', listProductsResponseSchema],
    ['rest.public.get_product', productSchema],
    ['rest.public.get_server_time', serverTimeResponseSchema],
    ['rest.products.get_product_authorized', productSchema],
    ['rest.products.get_products_authorized', listProductsResponseSchema],
    ['rest.products.get_best_bid_ask', bestBidAskResponseSchema],
    ['rest.products.get_trades', marketTradesResponseSchema],
    ['rest.products.get_product_candles', candlesResponseSchema],
    ['rest.orders.get_fills', listFillsResponseSchema],
    ['rest.orders.get_order', getOrderResponseSchema],
    ['rest.orders.get_order_null', getOrderResponseSchema],
    ['rest.orders.get_orders', listOrdersResponseSchema],
    ['mock.rest.orders.cancel_orders_success', cancelOrdersResponseSchema],
    ['mock.rest.orders.preview_order_success', previewOrderResponseSchema],
    ['model.market-order', orderSchema],
    ['model.open-order', orderSchema],
    ['model.order', orderSchema],
  ]
  it.each(dart)('reads dart %s', (name, schema) => {
    expect(schema.safeParse(parseVenueJson(readText(`hairston-dart/${name}.json`))).error).toBeUndefined()
  })

  const ccxtByFunction: Record<string, z.ZodType> = {
    fetchAccountsV2: v2AccountsResponseSchema,
    fetchAccountsV3: listAccountsResponseSchema,
    fetchTickersV3: listProductsResponseSchema,
    fetchTickerV3: marketTradesResponseSchema,
    parseSpotMarket: productSchema,
    parseContractMarket: productSchema,
    createOrder: createOrderResponseSchema,
    cancelOrders: cancelOrdersResponseSchema,
    fetchOrder: getOrderResponseSchema,
    fetchOrders: listOrdersResponseSchema,
    fetchOrdersByStatus: listOrdersResponseSchema,
    fetchOHLCV: candlesResponseSchema,
    fetchMyTrades: listFillsResponseSchema,
    fetchOrderBook: productBookResponseSchema,
    fetchBidsAsks: bestBidAskResponseSchema,
    fetchTradingFees: transactionSummaryResponseSchema,
  }
  it('reads the ccxt samples of the requests in scope', () => {
    const samples = JSON.parse(readText('ccxt/rest-comment-samples.json')) as { fn: string; sample: unknown }[]
    let read = 0
    for (const { fn, sample } of samples) {
      const schema = ccxtByFunction[fn]
      if (!schema) continue
      expect([fn, schema.safeParse(sample).error]).toEqual([fn, undefined])
      read++
    }
    expect(read).toBeGreaterThanOrEqual(17)
  })

  it('reads the ccxt error samples', () => {
    const samples = JSON.parse(readText('ccxt/rest-comment-samples.json')) as { fn: string; sample: unknown }[]
    const errors = samples.filter(({ fn }) => fn === 'handleErrors').map(({ sample }) => readErrorBody(sample))
    expect(errors).toContainEqual({ error: 'not_found', message: 'Not found' })
    expect(errors.map((error) => error?.error)).toContain('invalid_request')
  })

  const socket: Record<string, z.ZodType> = {
    heartbeats: heartbeatsFrameSchema,
    subscriptions: subscriptionsFrameSchema,
    ticker: tickerFrameSchema,
    ticker_batch: tickerFrameSchema,
    market_trades: marketTradesFrameSchema,
    l2_data: l2FrameSchema,
    user: userFrameSchema,
    error: errorFrameSchema,
  }
  it('reads every captured frame of a channel in scope', () => {
    const frames: { channel?: string }[] = []
    for (const { sample } of JSON.parse(readText('ccxt/ws-comment-samples.json')) as {
      sample: { channel?: string; events?: unknown }
    }[]) {
      if (sample.events) frames.push(sample)
    }
    const subscriptions = 'jkorf-coinbase-net/subscriptions/'
    for (const name of readdirSync(`${folder}${subscriptions}`)) {
      const text = readText(`${subscriptions}${name}`)
      const ack = /^<\d? ?(\{.*\})$/m.exec(text)?.[1]
      if (ack) frames.push(JSON.parse(ack) as { channel?: string })
      const pushed = /^= ?\n?(\{[\s\S]*)$/m.exec(text)?.[1]
      if (pushed) frames.push(JSON.parse(pushed) as { channel?: string })
    }
    const seen = new Set<string>()
    for (const frame of frames) {
      const schema = socket[frame.channel ?? '']
      if (!schema) continue
      seen.add(frame.channel ?? '')
      expect([frame.channel, schema.safeParse(frame).error]).toEqual([frame.channel, undefined])
    }
    expect([...seen].sort()).toEqual([
      'heartbeats',
      'l2_data',
      'market_trades',
      'subscriptions',
      'ticker',
      'ticker_batch',
      'user',
    ])
  })
})
