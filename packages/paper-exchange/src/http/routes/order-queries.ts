import { TIME_IN_FORCE_TO_WIRE, type WireListFillsInput, type WireListOrdersInput } from '@tidegate/coinbase-wire'
import type { FillRecord, OrderRecord } from '../../engine/records.js'
import { isLive } from '../../engine/records.js'
import { toWireFill, toWireOrder } from '../../wire/to-wire-order.js'
import { pageOf } from '../page.js'
import type { Query } from '../query.js'
import { namesAnother, portfolioOf, type Route, v3 } from '../route.js'
import { badRequest, v3Fault } from '../wire-fault.js'

/** The venue shows at most this many open orders. */
const maxOpenOrders = 1_000

const getOrder: Route = {
  method: 'GET',
  path: `${v3}/orders/historical/{order_id}`,
  verb: 'get-order',
  access: 'view',
  handle({ parameters, key }, { engine, identity }) {
    const order = engine.state.orders.get(parameters['order_id'] ?? '')
    if (order?.portfolioId !== portfolioOf(key)) throw v3Fault(404, 'unknown', 'order with this orderID was not found')
    return { order: toWireOrder(order, identity) }
  },
}

const listOrders: Route = {
  method: 'GET',
  path: `${v3}/orders/historical/batch`,
  verb: 'list-orders',
  access: 'view',
  handle({ query, key }, context) {
    const { engine, identity } = context
    const portfolioId = portfolioOf(key)
    const isElsewhere = namesAnother(query.text('retail_portfolio_id'), key, context)
    const statuses = query.list('order_status')
    if (statuses.includes('OPEN') && statuses.length > 1) {
      throw badRequest('order_status: OPEN cannot be combined with other statuses')
    }
    const matches = orderFilter(query, statuses)
    const newestFirst = [...engine.state.orders.values()]
      .reverse()
      .filter((order) => !isElsewhere && order.portfolioId === portfolioId && matches(order))
    const limit = query.count('limit') || undefined
    const most = statuses.includes('OPEN') ? Math.min(limit ?? maxOpenOrders, maxOpenOrders) : limit
    const page = pageOf(newestFirst, (order) => order.sequence, most, query.text('cursor'))
    return {
      orders: page.rows.map((order) => toWireOrder(order, identity)),
      sequence: '0',
      has_next: page.hasNext,
      cursor: page.cursor,
      proof_token_required: false,
    } satisfies WireListOrdersInput & Record<string, unknown>
  },
}

function orderFilter(query: Query, statuses: readonly string[]): (order: OrderRecord) => boolean {
  const ids = query.list('order_ids')
  const products = query.list('product_ids')
  const types = query.list('order_types')
  const times = query.list('time_in_forces')
  const assets = query.list('asset_filters')
  const side = query.text('order_side')
  const startMs = query.moment('start_date') ?? Number.NEGATIVE_INFINITY
  const endMs = query.moment('end_date') ?? Number.POSITIVE_INFINITY
  const isNone = (query.text('product_type') ?? 'SPOT') === 'FUTURE'
  return (order) =>
    !isNone &&
    (ids.length === 0 || ids.includes(order.orderId)) &&
    (products.length === 0 || products.includes(order.terms.productId)) &&
    (statuses.length === 0 || statuses.includes(order.status)) &&
    (types.length === 0 || types.includes(order.terms.orderType)) &&
    (times.length === 0 || times.includes(TIME_IN_FORCE_TO_WIRE[order.terms.timeInForce])) &&
    (assets.length === 0 || assets.includes(order.baseCurrency)) &&
    (side === undefined || side === order.terms.side) &&
    // Dates do not apply to open orders.
    (isLive(order) || (order.createdAtMs >= startMs && order.createdAtMs < endMs))
}

const listFills: Route = {
  method: 'GET',
  path: `${v3}/orders/historical/fills`,
  verb: 'list-fills',
  access: 'view',
  handle({ query, key }, context) {
    const { engine, identity } = context
    const portfolioId = portfolioOf(key)
    const isElsewhere = namesAnother(query.text('retail_portfolio_id'), key, context)
    const matches = fillFilter(query)
    const types = query.list('order_types')
    const assets = query.list('asset_filters')
    const isOurs = (fill: FillRecord) => {
      const order = engine.state.orders.get(fill.orderId)
      if (isElsewhere || order?.portfolioId !== portfolioId) return false
      if (types.length > 0 && !types.includes(order.terms.orderType)) return false
      return assets.length === 0 || assets.includes(order.baseCurrency)
    }
    const newestFirst = [...engine.state.fills].reverse().filter((fill) => isOurs(fill) && matches(fill))
    const page = pageOf(newestFirst, (fill) => fill.sequence, query.count('limit') || 100, query.text('cursor'))
    return {
      fills: page.rows.map((fill) => toWireFill(fill, identity, portfolioId)),
      cursor: page.cursor,
      proof_token_required: false,
    } satisfies WireListFillsInput & Record<string, unknown>
  },
}

function fillFilter(query: Query): (fill: FillRecord) => boolean {
  const orders = query.list('order_ids')
  const trades = query.list('trade_ids')
  const products = query.list('product_ids')
  const side = query.text('order_side')
  const startMs = query.moment('start_sequence_timestamp') ?? Number.NEGATIVE_INFINITY
  const endMs = query.moment('end_sequence_timestamp') ?? Number.POSITIVE_INFINITY
  return (fill) =>
    (orders.length === 0 || orders.includes(fill.orderId)) &&
    (trades.length === 0 || trades.includes(fill.tradeId)) &&
    (products.length === 0 || products.includes(fill.productId)) &&
    (side === undefined || side === fill.side) &&
    fill.atMs >= startMs &&
    fill.atMs <= endMs
}

/** Orders and fills, newest first. */
export const orderQueryRoutes: readonly Route[] = [listOrders, listFills, getOrder]
