import {
  bestBidAskResponseSchema,
  candlesResponseSchema,
  type EndpointName,
  getAccountResponseSchema,
  getOrderResponseSchema,
  keyPermissionsResponseSchema,
  listAccountsResponseSchema,
  listFillsResponseSchema,
  listOrdersResponseSchema,
  listPaymentMethodsResponseSchema,
  listPortfoliosResponseSchema,
  listProductsResponseSchema,
  marketTradesResponseSchema,
  productBookResponseSchema,
  productSchema,
  serverTimeResponseSchema,
  transactionSummaryResponseSchema,
  v2AccountsResponseSchema,
  v2TransactionsResponseSchema,
  WIRE_LIQUIDITY_INDICATORS,
  WIRE_ORDER_TYPES,
  WIRE_PRODUCT_TYPES,
  WIRE_REJECT_REASONS,
  WIRE_TIMES_IN_FORCE,
  WIRE_TRADE_TYPES,
  WIRE_TRIGGER_STATUSES,
} from '@tidegate/coinbase-wire'
import { SIDES, VENUE_ORDER_STATUSES } from '@tidegate/trading-model'
import type { Query } from '../http/query-string.js'
import type { SchemaNode } from './compare-shape.js'

/** What earlier answers told, for the requests that need an id. */
export interface Known {
  readonly productId: string
  readonly nowS: number
  accountId?: string | undefined
  v2AccountId?: string | undefined
  orderId?: string | undefined
}

/** One request of the live check: a read, always. */
export interface LiveCheck {
  readonly endpoint: EndpointName
  readonly schema: SchemaNode
  /** `undefined`: there is nothing to ask for, such as an order where there are none. */
  readonly ask: (known: Known) => { parameters?: Readonly<Record<string, string>>; query?: Query } | undefined
  readonly members?: Readonly<Record<string, readonly string[]>>
  /** Keeps an id for a later request. */
  readonly learn?: (answer: unknown, known: Known) => void
}

const productMembers = (path: string) => ({ [`${path}product_type`]: WIRE_PRODUCT_TYPES })
const orderMembers = (path: string) => ({
  [`${path}side`]: SIDES,
  [`${path}status`]: VENUE_ORDER_STATUSES,
  [`${path}time_in_force`]: WIRE_TIMES_IN_FORCE,
  [`${path}order_type`]: WIRE_ORDER_TYPES,
  [`${path}trigger_status`]: WIRE_TRIGGER_STATUSES,
  [`${path}reject_reason`]: WIRE_REJECT_REASONS,
  [`${path}product_type`]: WIRE_PRODUCT_TYPES,
})
const tradeMembers = { 'trades[].side': SIDES }
const nothing = () => ({})
const ofProduct = ({ productId }: Known) => ({ parameters: { product_id: productId } })
const bookOf = ({ productId }: Known) => ({ query: { product_id: productId, limit: 10 } })
const lastHour = ({ productId, nowS }: Known) => ({
  parameters: { product_id: productId },
  query: { granularity: 'ONE_MINUTE', start: String(nowS - 3_600), end: String(nowS) },
})
const lastTrades = ({ productId }: Known) => ({ parameters: { product_id: productId }, query: { limit: 20 } })

function firstOf(answer: unknown, list: string, id: string): string | undefined {
  const items = (answer as Record<string, unknown> | null)?.[list]
  const first: unknown = Array.isArray(items) ? items[0] : undefined
  const found = (first as Record<string, unknown> | undefined)?.[id]
  return typeof found === 'string' ? found : undefined
}

const make = (
  endpoint: EndpointName,
  schema: unknown,
  ask: LiveCheck['ask'],
  more: Partial<LiveCheck> = {},
): LiveCheck => ({ endpoint, schema: schema as SchemaNode, ask, ...more })

/** Every read that the check makes, in order. None takes part in trading, none changes anything. */
export const LIVE_CHECKS: readonly LiveCheck[] = [
  make('getServerTime', serverTimeResponseSchema, nothing),
  make('listPublicProducts', listProductsResponseSchema, () => ({ query: { product_type: 'SPOT' } }), {
    members: productMembers('products[].'),
  }),
  make('getPublicProduct', productSchema, ofProduct, { members: productMembers('') }),
  make('getPublicProductBook', productBookResponseSchema, bookOf),
  make('getPublicCandles', candlesResponseSchema, lastHour),
  make('getPublicMarketTrades', marketTradesResponseSchema, lastTrades, { members: tradeMembers }),
  make('getKeyPermissions', keyPermissionsResponseSchema, nothing),
  make('listAccounts', listAccountsResponseSchema, () => ({ query: { limit: 250 } }), {
    learn: (answer, known) => {
      known.accountId = firstOf(answer, 'accounts', 'uuid')
    },
  }),
  make('getAccount', getAccountResponseSchema, ({ accountId }) =>
    accountId === undefined ? undefined : { parameters: { account_uuid: accountId } },
  ),
  make('getTransactionSummary', transactionSummaryResponseSchema, nothing),
  make('listPortfolios', listPortfoliosResponseSchema, nothing),
  make('listPaymentMethods', listPaymentMethodsResponseSchema, nothing),
  make('getProduct', productSchema, ofProduct, { members: productMembers('') }),
  make('getProductBook', productBookResponseSchema, bookOf),
  make('getBestBidAsk', bestBidAskResponseSchema, ({ productId }) => ({ query: { product_ids: [productId] } })),
  make('getCandles', candlesResponseSchema, lastHour),
  make('getMarketTrades', marketTradesResponseSchema, lastTrades, { members: tradeMembers }),
  make('listOrders', listOrdersResponseSchema, () => ({ query: { limit: 100 } }), {
    members: orderMembers('orders[].'),
    learn: (answer, known) => {
      known.orderId = firstOf(answer, 'orders', 'order_id')
    },
  }),
  make(
    'getOrder',
    getOrderResponseSchema,
    ({ orderId }) => (orderId === undefined ? undefined : { parameters: { order_id: orderId } }),
    { members: orderMembers('order.') },
  ),
  make('listFills', listFillsResponseSchema, () => ({ query: { limit: 100 } }), {
    members: {
      'fills[].side': SIDES,
      'fills[].trade_type': WIRE_TRADE_TYPES,
      'fills[].liquidity_indicator': WIRE_LIQUIDITY_INDICATORS,
    },
  }),
  make('listV2Accounts', v2AccountsResponseSchema, () => ({ query: { limit: 25 } }), {
    learn: (answer, known) => {
      known.v2AccountId = firstOf(answer, 'data', 'id')
    },
  }),
  make('listV2Transactions', v2TransactionsResponseSchema, ({ v2AccountId }) =>
    v2AccountId === undefined ? undefined : { parameters: { account_id: v2AccountId }, query: { limit: 25 } },
  ),
]
