import { buildOrderConfiguration as build, type EndpointName } from '@tidegate/coinbase-wire'
import { Decimal } from '@tidegate/trading-model'
import type { Sample } from './endpoint-samples.js'

const d = (text: string) => new Decimal(text)
const money = (value: string, currency = 'USD') => ({ value, currency })
const configuration = build.twapGtd({
  baseSize: '1',
  limitPrice: '60000',
  startTimeMs: 1_767_323_045_000,
  endTimeMs: 1_767_326_645_000,
  bucketSeconds: 300,
})
export const trade = {
  id: 'trade-1',
  status: 'TRADE_STATUS_COMPLETED',
  user_entered_amount: money('10', 'USDC'),
  amount: money('10', 'USDC'),
  total: money('10'),
  fees: [{ title: 'Fee', amount: money('0') }],
  user_warnings: [],
  exchange_rate: money('1'),
  unit_price: { target_to_source: { amount: money('1'), scale: 2 } },
  brand_new_field: 'kept',
}
const tradeResult = { id: 'trade-1', amount: { value: d('10'), currency: 'USDC' }, brandNewField: 'kept' }
const wallets = { fromAccountId: 'from', toAccountId: 'to' }
const walletsBody = { from_account: 'from', to_account: 'to' }
const portfolio = { name: 'Bots', uuid: 'p-1', type: 'CONSUMER', deleted: false }

/** Samples of what trades, converts and moves funds. */
export const commandSamples = {
  createOrder: {
    call: (client) =>
      client.createOrder({
        clientOrderId: 'client-1',
        productId: 'BTC-USD',
        side: 'BUY',
        orderConfiguration: configuration,
      }),
    answer: {
      success: true,
      success_response: { order_id: 'order-1', product_id: 'BTC-USD', side: 'BUY', client_order_id: 'client-1' },
      order_configuration: configuration,
    },
    body: {
      client_order_id: 'client-1',
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: {
        twap_limit_gtd: {
          base_size: '1',
          limit_price: '60000',
          start_time: '2026-01-02T03:04:05Z',
          end_time: '2026-01-02T04:04:05Z',
          bucket_duration: '300s',
        },
      },
    },
    result: { orderId: 'order-1', clientOrderId: 'client-1', side: 'BUY' },
  },
  previewOrder: {
    call: (client) =>
      client.previewOrder({
        productId: 'BTC-USD',
        side: 'SELL',
        orderConfiguration: build.marketIoc({ baseSize: '1' }),
        leverage: '2',
      }),
    answer: {
      order_total: '59990',
      commission_total: '10',
      errs: [],
      warning: ['BIG_ORDER'],
      preview_id: 'pre',
      leverage: '2',
    },
    body: {
      product_id: 'BTC-USD',
      side: 'SELL',
      order_configuration: { market_market_ioc: { base_size: '1' } },
      leverage: '2',
    },
    result: { previewId: 'pre', orderTotal: d('59990'), warnings: ['BIG_ORDER'] },
  },
  editOrder: {
    call: (client) => client.editOrder({ orderId: 'order-1', price: d('1.50'), size: '2' }),
    answer: { success: true, errors: [] },
    body: { order_id: 'order-1', price: '1.5', size: '2' },
    result: { orderId: 'order-1' },
  },
  previewEdit: {
    call: (client) => client.previewEdit({ orderId: 'order-1', price: '1.5', size: '2' }),
    answer: { errors: [], order_total: '3', commission_total: '0.03', best_bid: '', average_filled_price: '0' },
    body: { order_id: 'order-1', price: '1.5', size: '2' },
    result: { orderTotal: d('3'), commissionTotal: d('0.03') },
  },
  cancelOrders: {
    call: (client) => client.cancelOrders(['order-1']),
    answer: {
      results: [{ success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id: 'order-1' }],
    },
    body: { order_ids: ['order-1'] },
    result: [{ orderId: 'order-1', outcome: 'accepted' }],
  },
  closePosition: {
    call: (client) => client.closePosition({ clientOrderId: 'client-1', productId: 'BIP-20DEC30-CDE', size: '3' }),
    answer: {
      success: true,
      success_response: {
        order_id: 'order-9',
        product_id: 'BIP-20DEC30-CDE',
        side: 'SELL',
        client_order_id: 'client-1',
      },
    },
    body: { client_order_id: 'client-1', product_id: 'BIP-20DEC30-CDE', size: '3' },
    result: { orderId: 'order-9', productId: 'BIP-20DEC30-CDE' },
  },
  listPortfolios: {
    call: (client) => client.listPortfolios('CONSUMER'),
    answer: { portfolios: [portfolio] },
    query: '?portfolio_type=CONSUMER',
    result: [portfolio],
  },
  createPortfolio: {
    call: (client) => client.createPortfolio('Bots'),
    answer: { portfolio },
    body: { name: 'Bots' },
    result: portfolio,
  },
  getPortfolio: {
    call: (client) => client.getPortfolio('p-1', 'EUR'),
    answer: {
      breakdown: {
        portfolio,
        portfolio_balances: { total_balance: money('9.75') },
        spot_positions: [{ asset: 'BTC', total_balance_fiat: 8.2, total_balance_crypto: 0.00012345678901234567 }],
        perp_positions: [
          { symbol: 'BTC-PERP-INTX', vwap: { rawCurrency: money('1') }, mark_price: money('2', 'USDC') },
        ],
        futures_positions: [{ product_id: 'BIP-20DEC30-CDE', expiry: '2030-12-20T16:00:00Z', amount: '2' }],
      },
    },
    query: '?currency=EUR',
    result: {
      portfolioBalances: { totalBalance: { value: d('9.75'), currency: 'USD' } },
      spotPositions: [{ asset: 'BTC', totalBalanceFiat: d('8.2') }],
      perpPositions: [{ vwap: { rawCurrency: { value: d('1') } }, markPrice: { rawCurrency: { value: d('2') } } }],
      futuresPositions: [{ expiryMs: Date.UTC(2030, 11, 20, 16), amount: d('2') }],
    },
  },
  renamePortfolio: {
    call: (client) => client.renamePortfolio('p-1', 'Robots'),
    answer: { portfolio: { ...portfolio, name: 'Robots' } },
    body: { name: 'Robots' },
    result: { name: 'Robots' },
  },
  deletePortfolio: { call: (client) => client.deletePortfolio('p-1'), answer: {} },
  moveFunds: {
    call: (client) =>
      client.moveFunds({ amount: '12.50', currency: 'USD', sourcePortfolioId: 'p-1', targetPortfolioId: 'p-2' }),
    answer: { source_portfolio_uuid: 'p-1', target_portfolio_uuid: 'p-2' },
    body: {
      funds: { value: '12.50', currency: 'USD' },
      source_portfolio_uuid: 'p-1',
      target_portfolio_uuid: 'p-2',
    },
  },
  createConvertQuote: {
    call: (client) => client.createConvertQuote({ ...wallets, amount: '10', incentive: { id: 'i', code: 'c' } }),
    answer: { trade: { ...trade, status: 'TRADE_STATUS_CREATED' } },
    body: { ...walletsBody, amount: '10', trade_incentive_metadata: { user_incentive_id: 'i', code_val: 'c' } },
    result: { ...tradeResult, status: 'TRADE_STATUS_CREATED' },
  },
  getConvertTrade: {
    call: (client) => client.getConvertTrade('trade-1', wallets),
    answer: { trade },
    query: '?from_account=from&to_account=to',
    result: tradeResult,
  },
  commitConvertTrade: {
    call: (client) => client.commitConvertTrade('trade-1', wallets),
    answer: { trade },
    body: walletsBody,
    result: tradeResult,
  },
} as const satisfies Partial<Record<EndpointName, Sample>>
