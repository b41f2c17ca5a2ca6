import type { EndpointName } from '@tidegate/coinbase-wire'
import { Decimal } from '@tidegate/trading-model'
import type { CoinbaseClient } from '../src/index.js'
import { commandSamples } from './command-samples.js'
import { derivativeSamples } from './derivative-samples.js'
import { v2Samples } from './v2-samples.js'

/** One request of the interface, by hand: how to call its verb, what the venue answers, what must come out. */
export interface Sample {
  /** Name of the client's method; the endpoint's own name where it is absent. */
  readonly verb?: keyof CoinbaseClient
  readonly call: (client: CoinbaseClient) => Promise<unknown>
  readonly answer: unknown
  /** Matched against the result with `toMatchObject`. */
  readonly result?: unknown
  /** The body that must leave. */
  readonly body?: unknown
  /** The query that must leave. */
  readonly query?: string
  /** Answered to a client without a key. */
  readonly keyless?: true
}

const d = (text: string) => new Decimal(text)
const account = {
  uuid: 'wallet-1',
  name: 'USD Wallet',
  currency: 'USD',
  available_balance: { value: '100.5', currency: 'USD' },
  hold: { value: '2', currency: 'USD' },
  default: true,
  active: true,
  ready: true,
  created_at: '2026-01-02T03:04:05Z',
  updated_at: '2026-01-02T03:04:05.5Z',
  deleted_at: null,
  type: 'ACCOUNT_TYPE_FIAT',
  platform: 'ACCOUNT_PLATFORM_CONSUMER',
  brand_new: { a: 1 },
}
const balance = { accountId: 'wallet-1', currency: 'USD', available: d('100.5'), hold: d('2') }
const product = {
  product_id: 'BTC-USD',
  price: '60000.5',
  base_increment: '0.00000001',
  quote_increment: '0.01',
  price_increment: '0.01',
  base_min_size: '0.00000001',
  base_max_size: '3400',
  quote_min_size: '1',
  quote_max_size: '150000000',
  base_currency_id: 'BTC',
  quote_currency_id: 'USD',
  status: 'online',
  product_type: 'SPOT',
  alias: '',
  alias_to: ['BTC-USDC'],
  mid_market_price: '',
}
const productResult = { productId: 'BTC-USD', price: d('60000.5'), priceIncrement: d('0.01'), aliasTo: ['BTC-USDC'] }
const book = {
  product_id: 'BTC-USD',
  bids: [{ price: '59999', size: '1' }],
  asks: [{ price: '60001', size: '2' }],
  time: '2026-01-02T03:04:05.123456Z',
}
const bookResult = { productId: 'BTC-USD', bids: [{ price: d('59999'), size: d('1') }] }
const candles = {
  candles: [{ start: '1767322800', low: '1', high: '4', open: '2', close: '3', volume: '5.5' }],
}
const candleResult = [{ startMs: 1_767_322_800_000, open: d('2'), high: d('4'), low: d('1'), close: d('3') }]
const getCandles = (client: CoinbaseClient) => client.getCandles('BTC-USD', '1h', 1_767_322_800_000, 1_767_326_400_000)
const trades = {
  trades: [
    { trade_id: '7', product_id: 'BTC-USD', price: '60000', size: '0.5', time: '2026-01-02T03:04:05Z', side: 'SELL' },
  ],
  best_bid: '59999',
  best_ask: '',
}
const tradesResult = { trades: [{ tradeId: '7', makerSide: 'SELL', size: d('0.5') }], bestBid: d('59999') }
export const order = {
  order_id: 'order-1',
  client_order_id: 'client-1',
  product_id: 'BTC-USD',
  order_configuration: { limit_limit_gtc: { base_size: '1', limit_price: '59000', post_only: true } },
  side: 'BUY',
  status: 'A_STATUS_OF_TOMORROW',
  time_in_force: 'GOOD_UNTIL_CANCELLED',
  created_time: '2026-01-02T03:04:05Z',
  filled_size: '0.25',
  average_filled_price: '59000',
  number_of_fills: '1',
  filled_value: '14750',
  total_fees: '59',
  order_type: 'LIMIT',
  reject_reason: 'REJECT_REASON_UNSPECIFIED',
  brand_new: 'kept',
}
const orderResult = {
  orderId: 'order-1',
  status: 'A_STATUS_OF_TOMORROW',
  filledSize: d('0.25'),
  limitPrice: d('59000'),
}
const fill = {
  entry_id: 'entry-1',
  trade_id: 'trade-1',
  order_id: 'order-1',
  trade_time: '2026-01-02T03:04:06Z',
  trade_type: 'FILL',
  price: '59000',
  size: '14750',
  commission: '59',
  product_id: 'BTC-USD',
  sequence_timestamp: '2026-01-02T03:04:06.5Z',
  liquidity_indicator: 'MAKER',
  size_in_quote: true,
  side: 'BUY',
}

const readSamples = {
  listAccounts: {
    call: (client) => client.listAccounts(),
    answer: { accounts: [account], has_next: false, cursor: '', size: 1 },
    query: '?limit=250',
    result: [balance],
  },
  getAccount: { call: (client) => client.getAccount('wallet-1'), answer: { account }, result: balance },
  listProducts: {
    call: (client) => client.listProducts({ productType: 'SPOT', productIds: ['BTC-USD', 'ETH-USD'], pageSize: 2 }),
    answer: { products: [product], num_products: 1, pagination: { next_cursor: '', has_next: false } },
    query: '?product_type=SPOT&product_ids=BTC-USD&product_ids=ETH-USD&get_tradability_status=true&limit=2',
    result: [productResult],
  },
  getProduct: { call: (client) => client.getProduct('BTC-USD'), answer: product, result: productResult },
  getProductBook: {
    call: (client) => client.getProductBook('BTC-USD', 5, '0.5'),
    answer: { pricebook: book, last: '60000', mid_market: '60000', spread_bps: '0.33', spread_absolute: '2' },
    query: '?product_id=BTC-USD&limit=5&aggregation_price_increment=0.5',
    result: { book: bookResult },
  },
  getBestBidAsk: {
    call: (client) => client.getBestBidAsk(['BTC-USD']),
    answer: { pricebooks: [book] },
    query: '?product_ids=BTC-USD',
    result: [bookResult],
  },
  getCandles: { call: getCandles, answer: candles, result: candleResult },
  getMarketTrades: {
    call: (client) => client.getMarketTrades('BTC-USD', 9, { sinceMs: 1_767_322_800_900, untilMs: 1_767_322_801_100 }),
    answer: trades,
    query: '?limit=9&start=1767322800&end=1767322802',
    result: tradesResult,
  },
  listPublicProducts: {
    verb: 'listProducts',
    keyless: true,
    call: (client) => client.listProducts(),
    answer: { products: [product], num_products: 1, pagination: null },
    query: '?product_type=SPOT',
    result: [productResult],
  },
  getPublicProduct: {
    verb: 'getProduct',
    keyless: true,
    call: (client) => client.getProduct('BTC-USD'),
    answer: product,
    result: productResult,
  },
  getPublicProductBook: {
    verb: 'getProductBook',
    keyless: true,
    call: (client) => client.getProductBook('BTC-USD', 5),
    answer: { pricebook: book },
    query: '?product_id=BTC-USD&limit=5',
    result: { book: bookResult },
  },
  getPublicCandles: { verb: 'getCandles', keyless: true, call: getCandles, answer: candles, result: candleResult },
  getPublicMarketTrades: {
    verb: 'getMarketTrades',
    keyless: true,
    call: (client) => client.getMarketTrades('BTC-USD', 9),
    answer: trades,
    query: '?limit=9',
    result: tradesResult,
  },
  getServerTime: {
    call: (client) => client.getServerTime(),
    answer: { iso: '2026-01-02T03:04:05Z', epochSeconds: '1767323045', epochMillis: '1767323045678' },
    result: 1_767_323_045_678,
  },
  listOrders: {
    call: (client) => client.listOrders({ productId: 'BTC-USD' }),
    answer: { orders: [order], sequence: '0', has_next: false, cursor: '', proof_token_required: false },
    query: '?product_ids=BTC-USD&limit=250',
    result: [orderResult],
  },
  listFills: {
    call: (client) => client.listFills({ orderIds: ['order-1'] }),
    answer: { fills: [fill], cursor: '', proof_token_required: false },
    query: '?order_ids=order-1&limit=100',
    result: [{ tradeId: 'trade-1', baseSize: d('0.25'), fee: d('59'), liquidity: 'MAKER' }],
  },
  getOrder: { call: (client) => client.getOrder('order-1'), answer: { order }, result: orderResult },
  getTransactionSummary: {
    call: (client) => client.getTransactionSummary({ productType: 'FUTURE', productVenue: 'FCM' }),
    answer: {
      total_volume: 12.5,
      total_fees: 0,
      fee_tier: { pricing_tier: 'Intro 1', taker_fee_rate: '0.012', maker_fee_rate: '0.006', usd_from: '' },
      total_balance: '468.35',
    },
    query: '?product_type=FUTURE&product_venue=FCM',
    result: { tier: 'Intro 1', takerRate: d('0.012'), volumeUsd: d('12.5') },
  },
  listPaymentMethods: {
    call: (client) => client.listPaymentMethods(),
    answer: { payment_methods: [{ id: 'pm', type: 'ACH', currency: 'USD', verified: true, created_at: '', fee: 1.5 }] },
    result: [{ id: 'pm', type: 'ACH', verified: true, fee: '1.5' }],
  },
  getPaymentMethod: {
    call: (client) => client.getPaymentMethod('pm'),
    answer: { payment_method: { id: 'pm', type: 'ACH', allow_buy: 'False', updated_at: '2026-01-02T03:04:05Z' } },
    result: { id: 'pm', allowBuy: false, updatedAtMs: 1_767_323_045_000 },
  },
  getKeyPermissions: {
    call: (client) => client.getKeyPermissions(),
    answer: { can_view: true, can_trade: true, can_transfer: false, portfolio_uuid: 'p', portfolio_type: 'DEFAULT' },
    result: { canView: true, canTrade: true, canTransfer: false, portfolioId: 'p', portfolioType: 'DEFAULT' },
  },
} as const satisfies Partial<Record<EndpointName, Sample>>

/** A sample for every request of the table; the type sees to it that none is missing. */
export const endpointSamples: Readonly<Record<EndpointName, Sample>> = {
  ...readSamples,
  ...commandSamples,
  ...derivativeSamples,
  ...v2Samples,
}
