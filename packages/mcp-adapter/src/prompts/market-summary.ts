import {
  BaseError,
  type BookLevel,
  type Candle,
  Decimal,
  type Fresh,
  formatDecimal,
  InputError,
  type OrderBook,
  ZERO,
} from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { withProduct } from '../not-found.js'
import { lastCandles } from '../resources/candles.js'
import { BOOK_DEPTH, showOrderBook } from '../resources/orderbook.js'
import { readTicker } from '../resources/ticker.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { known, showFreshness } from '../shared/show-values.js'
import { untrustedText } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import { describeError } from '../to-tool-result.js'
import { DATA_NOTE, type PromptDefinition } from './prompt.js'

const MAX_PRODUCTS = 8
/** Depth that counts as liquidity: within half a percent of mid. */
const LIQUIDITY_PCT = '0.005'

export const marketSummaryPrompt: PromptDefinition = {
  name: 'market_summary',
  title: 'Market summary',
  description: 'Price, liquidity and recent price action of one or more products, filled in from live data.',
  arguments: [{ name: 'product_ids', description: 'Comma-separated, e.g. BTC-USD,ETH-USD', required: true }],
  permissions: ['read_market_data'],
  async render(context, args) {
    const productIds = readProductIds(args)
    const sections = await Promise.all(productIds.map((productId) => describeProduct(context, productId)))
    return `Provide a market summary for ${productIds.join(', ')}.

For each product include:
1. Current price and 24h change
2. Volume and liquidity assessment
3. Recent price action (support/resistance)
4. Notable events or news
5. Sentiment indicators

${DATA_NOTE}
Points 4 and 5: Tidegate has no source of news, events or sentiment. Say "not available" for them; do not invent any and do not pass the figures of the book off as sentiment.

Data available:
${sections.join('\n\n')}
`
  },
}

function readProductIds(args: Readonly<Record<string, string>>): readonly string[] {
  const reader = readArguments(args, ['product_ids'])
  const text = reader.requiredText('product_ids')
  reader.check()
  const ids = text.split(/[,\s]+/).filter((id) => id !== '')
  const list = readArguments({ product_ids: ids }, ['product_ids'])
  const productIds = list.texts('product_ids', PRODUCT_ID, MAX_PRODUCTS)
  try {
    list.check()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(
      error.issues.map((issue) => ({
        ...issue,
        fix: `write product_ids separated by commas, such as BTC-USD,ETH-USD (at most ${MAX_PRODUCTS})`,
      })),
    )
  }
  return productIds
}

/** Points 1 to 5 of the template for one product, each with its data or the reason why there is none. */
async function describeProduct(context: SurfaceContext, productId: string): Promise<string> {
  await withProduct(context.market, productId, () => context.market.product(productId))
  const window = lastCandles('1h', 24, context.clock.nowMs())
  const [ticker, liquidity, action] = await Promise.all([
    attempt(() => readTicker(context, productId)),
    attempt(async () => describeLiquidity(await context.market.book(productId, BOOK_DEPTH))),
    attempt(async () =>
      describeAction(await context.market.candles(productId, window.granularity, window.startMs, window.endMs)),
    ),
  ])
  return `${productId}
1. Price and 24h change: ${ticker}
2. Liquidity (book of ${BOOK_DEPTH} levels; volume_24h stands in point 1): ${liquidity}
3. Price action of the last 24 hourly candles (extremes as support and resistance): ${action}
4. Events and news: not available
5. Sentiment: not available`
}

/** A part that cannot be read is named as such; the others still come. */
async function attempt(read: () => Promise<JsonObject>): Promise<string> {
  try {
    return JSON.stringify(await read())
  } catch (error) {
    if (!BaseError.isInstance(error)) throw error
    const body = describeError(error)
    return `not available (${body.code}: ${untrustedText(body.sentence)})`
  }
}

function describeLiquidity(fresh: Fresh<OrderBook>): JsonObject {
  const { best_bid, best_ask, mid, spread, spread_bps } = showOrderBook(fresh, BOOK_DEPTH)
  const { bids, asks } = fresh.value
  const bidValue = valueNear(bids, asks, bids)
  const askValue = valueNear(bids, asks, asks)
  const both = bidValue.plus(askValue)
  return {
    ...(Object.fromEntries(
      Object.entries({ best_bid, best_ask, mid, spread, spread_bps }).filter(([, v]) => v !== undefined),
    ) as JsonObject),
    bid_value_within_half_pct: formatDecimal(bidValue.toDecimalPlaces(2)),
    ask_value_within_half_pct: formatDecimal(askValue.toDecimalPlaces(2)),
    ...(both.isZero() ? {} : { bid_share_pct: formatDecimal(bidValue.div(both).mul(100).toDecimalPlaces(1)) }),
    ...showFreshness(fresh),
  }
}

/** Quote value of the levels of `side` within half a percent of mid. */
function valueNear(bids: readonly BookLevel[], asks: readonly BookLevel[], side: readonly BookLevel[]): Decimal {
  const bid = bids[0]?.price
  const ask = asks[0]?.price
  if (!bid || !ask) return ZERO
  const mid = bid.plus(ask).div(2)
  const reach = mid.mul(LIQUIDITY_PCT)
  return side
    .filter((level) => level.price.minus(mid).abs().lte(reach))
    .reduce((sum, level) => sum.plus(level.price.mul(level.size)), ZERO)
}

function describeAction(fresh: Fresh<readonly Candle[]>): JsonObject {
  const candles = fresh.value
  const first = candles[0]
  const last = candles.at(-1)
  if (!first || !last) return { candles: 0, note: 'no trades in this time', ...showFreshness(fresh) }
  const support = Decimal.min(...candles.map((candle) => candle.low))
  const resistance = Decimal.max(...candles.map((candle) => candle.high))
  const change = first.open.isZero() ? undefined : last.close.minus(first.open).div(first.open).mul(100)
  return {
    candles: candles.length,
    open: formatDecimal(first.open),
    close: formatDecimal(last.close),
    support: formatDecimal(support),
    resistance: formatDecimal(resistance),
    ...known('change_pct', change?.toDecimalPlaces(2)),
    volume: formatDecimal(candles.reduce((sum, candle) => sum.plus(candle.volume), ZERO)),
    ...showFreshness(fresh),
  }
}
