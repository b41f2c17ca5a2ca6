import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as wire from './index.js'
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
    expect(sorted(wire.EDIT_FAILURE_REASONS)).toEqual(sorted(enums['EditOrderFailureReason']))
    expect(sorted(wire.WIRE_ORDER_STATUSES)).toEqual(sorted(enums['OrderStatus']))
    expect(sorted(wire.WIRE_MARGIN_TYPES)).toEqual(sorted(enums['MarginType']))
    expect(sorted(wire.WIRE_ORDER_SORTS)).toEqual(sorted(enums['OrdersSortBy']))
    expect(sorted(wire.WIRE_FILL_SORTS)).toEqual(sorted(enums['FillsSortBy']))
    expect(sorted(wire.WIRE_PLACEMENT_SOURCES)).toEqual(sorted(enums['OrderPlacementSource']))
    expect(sorted(wire.WIRE_FILL_SOURCES)).toEqual(sorted(enums['FillSource']))
    expect(sorted(wire.WIRE_SOR_PREFERENCES)).toEqual(sorted(enums['SorPreference']))
    expect(sorted(wire.WIRE_COST_BASIS_METHODS)).toEqual(sorted(enums['CostBasisMethod']))
    expect(sorted(wire.WIRE_SCALED_PRICE_DISTRIBUTIONS)).toEqual(sorted(enums['ScaledPriceDistribution']))
    expect(sorted(wire.WIRE_SCALED_SIZE_DISTRIBUTIONS)).toEqual(sorted(enums['ScaledSizeDistribution']))
    expect(sorted(wire.WIRE_CONTRACT_EXPIRY_TYPES)).toEqual(sorted(enums['ContractExpiryType']))
    expect(sorted(wire.WIRE_EXPIRING_CONTRACT_STATUSES)).toEqual(sorted(enums['ExpiringContractStatus']))
    expect(sorted(wire.WIRE_PRODUCT_SORTS)).toEqual(sorted(enums['ProductsSortOrder']))
    expect(sorted(wire.WIRE_PRODUCT_VENUES)).toEqual(sorted(enums['ProductVenue']))
    expect(sorted(wire.WIRE_ACCOUNT_TYPES)).toEqual(sorted(enums['AccountType']))
    expect(sorted(wire.WIRE_ACCOUNT_PLATFORMS)).toEqual(sorted(enums['AccountPlatform']))
    expect(sorted(wire.WIRE_PORTFOLIO_TYPES)).toEqual(sorted(enums['PortfolioType']))
    expect(sorted(wire.WIRE_MARGIN_WINDOWS)).toEqual(sorted(enums['FcmMarginWindow']))
    expect(sorted(wire.WIRE_MARGIN_LEVELS)).toEqual(sorted(enums['MarginLevel']))
    expect(sorted(wire.WIRE_MARGIN_PROFILES)).toEqual(sorted(enums['MarginProfile']))
    expect(sorted(wire.WIRE_INTRADAY_MARGIN_SETTINGS)).toEqual(sorted(enums['IntradayMarginSetting']))
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
    ['Account.CommitConvertTrade', wire.convertTradeResponseSchema],
    ['Account.CreateConvertQuote', wire.convertTradeResponseSchema],
    ['Account.GetConvertTrade', wire.convertTradeResponseSchema],
    ['Account.GetPortfolio', wire.portfolioBreakdownResponseSchema],
    ['Account.GetFuturesBalanceSummary', wire.futuresBalanceSummaryResponseSchema],
    ['Account.GetPerpetualBalances', wire.perpetualBalancesResponseSchema],
    ['Account.GetDeposits', wire.v2FiatTransferPageSchema],
    ['Account.GetDepositAddresses', wire.v2AddressPageSchema],
    ['ExchangeData.GetCryptoAssets', wire.v2CryptoCurrenciesResponseSchema],
    ['ExchangeData.GetExchangeRates', wire.v2ExchangeRatesResponseSchema],
    ['ExchangeData.GetFiatAssets', wire.v2CurrenciesResponseSchema],
    ['Trading.EditOrder', wire.editOrderResponseSchema],
    ['Trading.GetFuturesPositions', wire.listFuturesPositionsResponseSchema],
    ['Trading.GetPerpetualPosition', wire.perpetualPositionResponseSchema],
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
