import { type Decimal, isOnIncrement, type Product } from '@tidegate/trading-model'
import { type Market, takenSide } from './market.js'
import { type ExchangeTerms, endTimeOf } from './terms.js'
import { checkBracket } from './validate-bracket.js'
import { checkLadder } from './validate-ladder.js'
import { checkTwap } from './validate-twap.js'

/** How far ahead an order may end; the venue's own limit is not known. */
const longestMs = 366 * 86_400_000

/** Why an order is not taken: the venue's reason word and a sentence. */
export interface Refusal {
  readonly reason: string
  readonly message: string
}

/**
 * Checks terms against product and market, in the order in which a client most needs to know (coinbase-api §14.1).
 * Funds are checked by the caller, who knows the wallets. The reason words are the venue's; which word goes with which
 * rule is verified only where the reference says so.
 */
export function validateOrder(
  product: Product,
  market: Market,
  terms: ExchangeTerms,
  nowMs: number,
): Refusal | undefined {
  return (
    checkProductState(product, terms) ??
    checkPrices(product, terms) ??
    checkSize(product, market, terms) ??
    checkEndTime(terms, nowMs) ??
    checkStop(market, terms) ??
    checkBracket(market, terms) ??
    checkTwap(product, terms) ??
    checkLadder(product, terms) ??
    checkBook(market, terms)
  )
}

function checkProductState(product: Product, terms: ExchangeTerms): Refusal | undefined {
  const { productId } = product
  if (product.isDisabled) return refuse('UNTRADABLE_PRODUCT', `${productId} is disabled`)
  if (product.tradingDisabled) return refuse('TRADING_DISABLED', `trading of ${productId} is disabled`)
  if (product.viewOnly) return refuse('UNTRADABLE_PRODUCT', `${productId} can only be viewed`)
  if (product.cancelOnly) return refuse('ORDER_ENTRY_DISABLED', `${productId} only takes cancels`)
  const isPostOnly = terms.orderType === 'LIMIT' && terms.postOnly
  if (product.postOnly && !isPostOnly) {
    return refuse('PREVIEW_NOT_ALLOWED_BY_MARKET_STATE', `${productId} only takes post-only orders`)
  }
  if (product.limitOnly && terms.orderType === 'MARKET') {
    return refuse('PREVIEW_NOT_ALLOWED_BY_MARKET_STATE', `${productId} takes no market orders`)
  }
  const isImmediate = terms.timeInForce === 'IOC' || terms.timeInForce === 'FOK'
  if (product.auctionMode && isImmediate) {
    return refuse('PREVIEW_NOT_ALLOWED_BY_MARKET_STATE', `${productId} is in an auction: only orders that can rest`)
  }
  return undefined
}

function checkPrices(product: Product, terms: ExchangeTerms): Refusal | undefined {
  if (terms.orderType === 'MARKET' || terms.orderType === 'SCALED') return undefined
  if (terms.orderType !== 'BRACKET' && !isOnIncrement(terms.limitPrice, product.priceIncrement)) {
    return refuse(
      'PREVIEW_INVALID_PRICE_PRECISION',
      `limit_price is no multiple of ${product.priceIncrement.toFixed()}`,
    )
  }
  if (terms.orderType === 'STOP_LIMIT' && !isOnIncrement(terms.stopPrice, product.priceIncrement)) {
    return refuse(
      'PREVIEW_INVALID_STOP_PRICE_PRECISION',
      `stop_price is no multiple of ${product.priceIncrement.toFixed()}`,
    )
  }
  return undefined
}

function checkSize(product: Product, market: Market, terms: ExchangeTerms): Refusal | undefined {
  if (terms.size.kind === 'quote') return checkQuoteSize(product, terms, terms.size.quoteSize)
  const { baseSize } = terms.size
  if (!isOnIncrement(baseSize, product.baseIncrement)) {
    return refuse('PREVIEW_INVALID_SIZE_PRECISION', `base_size is no multiple of ${product.baseIncrement.toFixed()}`)
  }
  // The rungs of a ladder have bounds of their own.
  if (terms.orderType === 'SCALED') return undefined
  if (baseSize.lt(product.baseMinSize)) {
    return refuse(
      'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL',
      `base_size is below the minimum ${product.baseMinSize.toFixed()}`,
    )
  }
  if (baseSize.gt(product.baseMaxSize)) {
    return refuse(
      'PREVIEW_INVALID_BASE_SIZE_TOO_LARGE',
      `base_size is above the maximum ${product.baseMaxSize.toFixed()}`,
    )
  }
  const price = terms.orderType === 'MARKET' ? market.best(takenSide(terms.side))?.price : terms.limitPrice
  if (price && baseSize.mul(price).lt(product.quoteMinSize)) {
    return refuse(
      'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL',
      `the order is worth less than the minimum ${product.quoteMinSize.toFixed()} ${product.quoteCurrency}`,
    )
  }
  return undefined
}

function checkQuoteSize(product: Product, terms: ExchangeTerms, quoteSize: Decimal): Refusal | undefined {
  if (terms.orderType === 'BRACKET') return refuse('QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET', 'a bracket needs base_size')
  if (terms.orderType === 'STOP_LIMIT') {
    return refuse('PREVIEW_INVALID_ORDER_CONFIG', 'a stop-limit order needs base_size')
  }
  if (terms.side !== 'BUY') {
    return refuse(
      'UNSUPPORTED_ORDER_CONFIGURATION',
      'this exchange takes quote_size on buys only; size a sale in base units',
    )
  }
  if (!isOnIncrement(quoteSize, product.quoteIncrement)) {
    return refuse(
      'PREVIEW_INVALID_QUOTE_SIZE_PRECISION',
      `quote_size is no multiple of ${product.quoteIncrement.toFixed()}`,
    )
  }
  if (quoteSize.lt(product.quoteMinSize)) {
    return refuse(
      'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL',
      `quote_size is below the minimum ${product.quoteMinSize.toFixed()}`,
    )
  }
  if (quoteSize.gt(product.quoteMaxSize)) {
    return refuse(
      'PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE',
      `quote_size is above the maximum ${product.quoteMaxSize.toFixed()}`,
    )
  }
  return undefined
}

function checkEndTime(terms: ExchangeTerms, nowMs: number): Refusal | undefined {
  if (terms.timeInForce !== 'GTD') return undefined
  const endTimeMs = endTimeOf(terms)
  if (endTimeMs === undefined) return refuse('GTD_ORDERS_MUST_HAVE_END_TIME', 'end_time is missing')
  if (endTimeMs <= nowMs) return refuse('END_TIME_IS_IN_THE_PAST', 'end_time is in the past')
  if (endTimeMs > nowMs + longestMs) return refuse('END_TIME_TOO_FAR_IN_FUTURE', 'end_time is more than a year away')
  return undefined
}

function checkStop(market: Market, terms: ExchangeTerms): Refusal | undefined {
  if (terms.orderType !== 'STOP_LIMIT') return undefined
  const { stopPrice, limitPrice, stopDirection, side } = terms
  const last = market.lastPrice
  if (!last) return refuse('MISSING_MARKET_TRADE_DATA', 'there has been no trade yet')
  if (stopDirection === 'DOWN' && stopPrice.gte(last)) {
    return refuse(
      'PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE',
      `stop_price is not below the last trade ${last.toFixed()}`,
    )
  }
  if (stopDirection === 'UP' && stopPrice.lte(last)) {
    return refuse(
      'PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE',
      `stop_price is not above the last trade ${last.toFixed()}`,
    )
  }
  if (side === 'SELL' && stopDirection === 'DOWN' && limitPrice.gt(stopPrice)) {
    return refuse('PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE', 'a stop sell needs a limit_price at or below its stop_price')
  }
  if (side === 'BUY' && stopDirection === 'UP' && limitPrice.lt(stopPrice)) {
    return refuse('PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE', 'a stop buy needs a limit_price at or above its stop_price')
  }
  return undefined
}

function checkBook(market: Market, terms: ExchangeTerms): Refusal | undefined {
  const facing = market.best(takenSide(terms.side))
  if (terms.orderType === 'MARKET' && !facing) {
    return refuse('INVALID_NO_LIQUIDITY', 'nobody is on the other side of the book')
  }
  if (terms.orderType === 'LIMIT' && terms.postOnly && facing && crosses(terms, facing.price)) {
    return refuse('INVALID_LIMIT_PRICE_POST_ONLY', 'a post-only order at this price would take liquidity')
  }
  return undefined
}

/** True when a limit order would trade with somebody at `facing`. */
export function crosses(terms: { side: 'BUY' | 'SELL'; limitPrice: Decimal }, facing: Decimal): boolean {
  return terms.side === 'BUY' ? terms.limitPrice.gte(facing) : terms.limitPrice.lte(facing)
}

function refuse(reason: string, message: string): Refusal {
  return { reason, message }
}
