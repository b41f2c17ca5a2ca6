import {
  type BracketTerms,
  type Decimal,
  type Denial,
  formatDecimal,
  isOnIncrement,
  type OrderTerms,
  type Product,
  roundDownToIncrement,
  roundUpToIncrement,
  type StopLimitTerms,
} from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'order-price'

/**
 * Prices are whole numbers of the price increment, and they make sense together.
 *
 * - STOP_LIMIT: a sell's limit is not above its stop, a buy's not below, and the stop is still ahead of the last trade.
 * - BRACKET: the profit on one side of the last trade, the stop on the other.
 * - Exits of a buy: the profit above what it pays, the stop below.
 */
export const orderPrice: Rule = (context) => {
  const { terms, snapshot } = context
  const { product } = snapshot
  if (!product) return notApplicable(name, 'no product')
  const prices = pricesOf(terms)
  if (prices.length === 0) return notApplicable(name, 'no price')
  const [first, ...rest] = [
    ...prices.flatMap(({ field, value }) => checkIncrement(product, context, field, value)),
    ...(terms.orderType === 'STOP_LIMIT' ? checkStop(terms, context) : []),
    ...(terms.orderType === 'BRACKET' ? checkBracket(terms, context) : []),
    ...checkExits(context),
  ]
  if (first) return deny(name, first, ...rest)
  return pass(name, {
    limit: `step ${formatDecimal(product.priceIncrement)}`,
    actual: formatDecimal(prices[0]?.value ?? product.priceIncrement),
    unit: product.quoteCurrency,
  })
}

interface NamedPrice {
  readonly field: string
  readonly value: Decimal
}

/** Every price of an order under the name it was asked with. */
function pricesOf(terms: OrderTerms): readonly NamedPrice[] {
  const exits = 'attached' in terms ? terms.attached : undefined
  const attached = exits
    ? [
        { field: 'take_profit_price', value: exits.takeProfitPrice },
        { field: 'stop_loss_price', value: exits.stopLossPrice },
      ]
    : []
  switch (terms.orderType) {
    case 'MARKET':
      return attached
    case 'LIMIT':
      return [{ field: 'limit_price', value: terms.limitPrice }, ...attached]
    case 'TWAP':
      return [{ field: 'limit_price', value: terms.limitPrice }]
    case 'STOP_LIMIT':
      return [
        { field: 'limit_price', value: terms.limitPrice },
        { field: 'stop_price', value: terms.stopPrice },
      ]
    case 'BRACKET':
      return [
        { field: 'take_profit_price', value: terms.limitPrice },
        { field: 'stop_loss_price', value: terms.stopPrice },
      ]
    case 'SCALED':
      return terms.rungs.map((rung, index) => ({ field: `the price of order ${index + 1}`, value: rung.limitPrice }))
  }
}

/** Where a price has to be: `bound` is what it is held to, as a sentence and as a number. */
interface Side {
  readonly field: string
  readonly value: Decimal
  readonly must: 'above' | 'below'
  readonly bound: Decimal
  readonly what: string
}

function checkBracket({ side, limitPrice, stopPrice }: BracketTerms, context: RuleContext): readonly Denial[] {
  const last = context.snapshot.market?.value.lastTrade
  if (!last?.isFinite() || !last.gt(0)) return []
  const what = `the last trade, ${formatDecimal(last)}`
  const [profit, stop] = side === 'SELL' ? (['above', 'below'] as const) : (['below', 'above'] as const)
  return checkSides(context, [
    { field: 'take_profit_price', value: limitPrice, must: profit, bound: last, what },
    { field: 'stop_loss_price', value: stopPrice, must: stop, bound: last, what },
  ])
}

function checkExits(context: RuleContext): readonly Denial[] {
  const { terms, snapshot } = context
  const exits = 'attached' in terms ? terms.attached : undefined
  if (!exits) return []
  const isLimit = terms.orderType === 'LIMIT'
  const pays = isLimit ? terms.limitPrice : snapshot.market?.value.bestAsk
  if (!pays?.isFinite() || !pays.gt(0)) return []
  const what = `${isLimit ? 'limit_price' : 'the best ask'}, ${formatDecimal(pays)}`
  return checkSides(context, [
    { field: 'take_profit_price', value: exits.takeProfitPrice, must: 'above', bound: pays, what },
    { field: 'stop_loss_price', value: exits.stopLossPrice, must: 'below', bound: pays, what },
  ])
}

function checkSides({ snapshot }: RuleContext, sides: readonly Side[]): readonly Denial[] {
  return sides
    .filter(({ value, must, bound }) => (must === 'above' ? value.lte(bound) : value.gte(bound)))
    .map(({ field, value, must, bound, what }) => ({
      code: 'INVALID_PRICE',
      limit: formatDecimal(bound),
      actual: formatDecimal(value),
      unit: snapshot.product?.quoteCurrency ?? '',
      message: `${field} ${formatDecimal(value)} has to be ${must} ${what}.`,
      cure: `set ${field} ${must} ${formatDecimal(bound)}`,
    }))
}

function checkIncrement(product: Product, { terms }: RuleContext, field: string, value: Decimal): readonly Denial[] {
  const { priceIncrement, quoteCurrency: unit } = product
  const invalid = (message: string, cure: string): Denial => ({
    code: 'INVALID_PRICE',
    limit: formatDecimal(priceIncrement),
    actual: formatDecimal(value),
    unit,
    message,
    cure,
  })
  if (!value.isFinite() || value.lte(0)) {
    return [
      invalid(`${field} has to be greater than zero.`, `send a ${field} of ${formatDecimal(priceIncrement)} or more`),
    ]
  }
  if (isOnIncrement(value, priceIncrement)) return []
  // Towards the side that costs the caller nothing: buys down, sells up.
  const down = roundDownToIncrement(value, priceIncrement)
  const near = terms.side === 'BUY' && down.gt(0) ? down : roundUpToIncrement(value, priceIncrement)
  return [
    invalid(
      `${field} ${formatDecimal(value)} is not a whole number of ${formatDecimal(priceIncrement)} ${unit}, the price step of ${product.productId}.`,
      `use ${field} ${formatDecimal(near)}`,
    ),
  ]
}

function checkStop(terms: StopLimitTerms, { snapshot }: RuleContext): readonly Denial[] {
  const { limitPrice, stopPrice, stopDirection, side } = terms
  const unit = snapshot.product?.quoteCurrency ?? ''
  const denials: Denial[] = []
  const isBehind = side === 'SELL' ? limitPrice.gt(stopPrice) : limitPrice.lt(stopPrice)
  if (isBehind) {
    const word = side === 'SELL' ? 'at or below' : 'at or above'
    denials.push({
      code: 'INVALID_PRICE',
      limit: formatDecimal(stopPrice),
      actual: formatDecimal(limitPrice),
      unit,
      message: `limit_price ${formatDecimal(limitPrice)} of a stop ${side.toLowerCase()} has to be ${word} its stop_price ${formatDecimal(stopPrice)}.`,
      cure: `set limit_price ${word} ${formatDecimal(stopPrice)}`,
    })
  }
  const last = snapshot.market?.value.lastTrade
  if (last?.isFinite() && last.gt(0)) {
    const isPassed = stopDirection === 'DOWN' ? stopPrice.gte(last) : stopPrice.lte(last)
    if (isPassed) {
      const word = stopDirection === 'DOWN' ? 'below' : 'above'
      denials.push({
        code: 'INVALID_PRICE',
        limit: formatDecimal(last),
        actual: formatDecimal(stopPrice),
        unit,
        message: `stop_price ${formatDecimal(stopPrice)} with stop_direction ${stopDirection} has to be ${word} the last trade, ${formatDecimal(last)}; it would fire at once.`,
        cure: `set stop_price ${word} ${formatDecimal(last)}`,
      })
    }
  }
  return denials
}
