import { BaseError } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { readOrderBook } from '../resources/orderbook.js'
import { readTicker } from '../resources/ticker.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import { describeError, showError } from '../to-tool-result.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

/** Levels a side in the tool's answer; the resource has 50. */
const DEPTH = 10
const MAX_PRODUCTS = 20

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    product_ids: { type: 'array', items: { type: 'string' }, description: `Up to ${MAX_PRODUCTS}, e.g. ["BTC-USD"]` },
    include_orderbook: { type: 'boolean', description: `${DEPTH} levels a side`, default: false },
    include_ticker: { type: 'boolean', default: true },
  },
  required: ['product_ids'],
}

export const getMarketDataTool: ToolDefinition = {
  name: 'get_market_data',
  title: 'Market data',
  description:
    'Fetch current market data for products: price, 24 h volume and change, best bid and ask, optionally the book. Every value has its age.',
  inputSchema,
  outputSchema: outputSchema({ products: 'objects' }),
  hints: READS,
  permissions: ['read_market_data'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const productIds = reader.texts('product_ids', PRODUCT_ID, MAX_PRODUCTS)
    const wantsBook = reader.flag('include_orderbook') ?? false
    const wantsTicker = reader.flag('include_ticker') ?? true
    if (!wantsBook && !wantsTicker) {
      reader.refuse({
        field: 'include_ticker',
        problem: 'is off and so is include_orderbook',
        fix: 'ask for one of them',
      })
    }
    reader.check()
    return {
      products: await Promise.all(productIds.map((id) => readProduct(context, id, { wantsBook, wantsTicker }))),
    }
  },
}

/** One unknown product does not spoil the answer for the others. */
async function readProduct(
  context: SurfaceContext,
  productId: string,
  wanted: { readonly wantsBook: boolean; readonly wantsTicker: boolean },
): Promise<JsonObject> {
  try {
    const [ticker, book] = await Promise.all([
      wanted.wantsTicker ? readTicker(context, productId) : undefined,
      wanted.wantsBook ? readOrderBook(context, productId, DEPTH) : undefined,
    ])
    return {
      product_id: venueWord(productId),
      ...(ticker ? { ticker } : {}),
      ...(book ? { orderbook: book } : {}),
      uri: `market://ticker/${productId}`,
    }
  } catch (error) {
    if (!BaseError.isInstance(error)) throw error
    return { product_id: venueWord(productId), error: showError(describeError(error)) }
  }
}
