import type { Product } from '@tidegate/trading-model'
import { isTradable, showProduct } from '../resources/products.js'
import { readArguments } from '../shared/read-arguments.js'
import { showFreshness } from '../shared/show-values.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100
const CURRENCY = { test: /^[A-Za-z0-9]{1,20}$/, as: 'a currency such as USD' }
const OFFSET = { test: /^\d{1,6}$/, as: 'the next_cursor of the previous page, unchanged' }

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    search: { type: 'string', description: 'Part of a product id, e.g. BTC' },
    quote_currency: { type: 'string' },
    tradable_only: { type: 'boolean', default: true },
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
    cursor: { type: 'string' },
  },
}

export const listProductsTool: ToolDefinition = {
  name: 'list_products',
  title: 'List products',
  description: `Trading pairs with status, increments, minimum and maximum sizes; ${DEFAULT_LIMIT} a page.`,
  inputSchema,
  outputSchema: outputSchema(
    { total: 'integer', products: 'objects', as_of: 'string', age_ms: 'integer', stale: 'boolean' },
    { next_cursor: 'string' },
  ),
  hints: READS,
  permissions: ['read_market_data'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const search = reader.text('search', CURRENCY_OR_ID)?.toUpperCase()
    const quote = reader.text('quote_currency', CURRENCY)?.toUpperCase()
    const tradableOnly = reader.flag('tradable_only') ?? true
    const limit = reader.count('limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT
    const from = Number(reader.text('cursor', OFFSET) ?? '0')
    reader.check()
    const fresh = await context.market.products()
    const matching = fresh.value.filter(
      (product) =>
        (!tradableOnly || isTradable(product)) &&
        (quote === undefined || product.quoteCurrency.toUpperCase() === quote) &&
        (search === undefined || product.productId.toUpperCase().includes(search)),
    )
    const sorted = [...matching].sort(byId)
    const page = sorted.slice(from, from + limit)
    return {
      total: sorted.length,
      products: page.map(showProduct),
      ...(from + limit < sorted.length ? { next_cursor: String(from + limit) } : {}),
      ...showFreshness(fresh),
    }
  },
}

const CURRENCY_OR_ID = { test: /^[A-Za-z0-9._-]{1,40}$/, as: 'part of a product id such as BTC' }

function byId(left: Product, right: Product): number {
  return left.productId < right.productId ? -1 : 1
}
