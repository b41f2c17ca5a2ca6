import { formatTimestamp, type WireListProductsInput } from '@tidegate/coinbase-wire'
import type { Product } from '@tidegate/trading-model'
import type { Market } from '../../engine/market.js'
import { toWireProduct } from '../../wire/to-wire-product.js'
import { type ExchangeContext, type Route, type RouteRequest, v3 } from '../route.js'
import { badRequest, v3Fault } from '../wire-fault.js'

/** Finds a listed product and its book. @throws a 404 in the venue's words. */
export function findProduct(
  productId: string | undefined,
  context: ExchangeContext,
): { readonly product: Product; readonly market: Market } {
  const product = productId === undefined ? undefined : context.engine.product(productId)
  const market = product && context.engine.market(product.productId)
  if (!product || !market) throw v3Fault(404, 'NOT_FOUND', 'valid product_id is required')
  return { product, market }
}

function show(product: Product, context: ExchangeContext) {
  const { market } = findProduct(product.productId, context)
  return toWireProduct(product, market, context.candles.day(market.bookId, context.clock.nowMs()))
}

function listProducts({ query }: RouteRequest, context: ExchangeContext): WireListProductsInput {
  const wanted = new Set(query.list('product_ids'))
  const type = query.text('product_type') ?? 'SPOT'
  const isSpot = type === 'SPOT' || type === 'UNKNOWN_PRODUCT_TYPE' || query.flag('get_all_products')
  const matching = (isSpot ? context.engine.listProducts() : []).filter(
    (product) => wanted.size === 0 || wanted.has(product.productId),
  )
  const limit = query.count('limit')
  const from = readCursor(query.text('cursor')) ?? query.count('offset') ?? 0
  const until = limit === undefined || limit === 0 ? matching.length : from + limit
  const page = matching.slice(from, until)
  const hasNext = until < matching.length
  const marks = {
    prev_cursor: from > 0 ? writeCursor(Math.max(0, from - (limit ?? 0))) : '',
    next_cursor: hasNext ? writeCursor(until) : '',
    has_prev: from > 0,
    has_next: hasNext,
  }
  return {
    products: page.map((product) => show(product, context)),
    num_products: page.length,
    pagination: limit === undefined ? null : marks,
  }
}

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64').toString('utf8'))
  if (!match) throw badRequest('cursor is not one of ours')
  return Number(match[1])
}

function writeCursor(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64')
}

function getProduct({ parameters }: RouteRequest, context: ExchangeContext) {
  return show(findProduct(parameters['product_id'], context).product, context)
}

function serverTime(_request: RouteRequest, { clock }: ExchangeContext) {
  const nowMs = clock.nowMs()
  return {
    iso: formatTimestamp(Math.floor(nowMs / 1_000) * 1_000),
    epochSeconds: String(Math.floor(nowMs / 1_000)),
    epochMillis: String(nowMs),
  }
}

/** Products, on the private and the public path, and the clock. */
export const productRoutes: readonly Route[] = [
  { method: 'GET', path: `${v3}/products`, verb: 'list-products', access: 'view', handle: listProducts },
  { method: 'GET', path: `${v3}/market/products`, verb: 'list-products', access: 'public', handle: listProducts },
  { method: 'GET', path: `${v3}/products/{product_id}`, verb: 'get-product', access: 'view', handle: getProduct },
  {
    method: 'GET',
    path: `${v3}/market/products/{product_id}`,
    verb: 'get-product',
    access: 'public',
    handle: getProduct,
  },
  { method: 'GET', path: `${v3}/time`, verb: 'get-time', access: 'public', handle: serverTime },
]
