import {
  type Decimal,
  type Denial,
  formatDecimal,
  isOnIncrement,
  type Product,
  roundDownToIncrement,
  roundUpToIncrement,
  type StopLimitTerms,
} from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'order-price'

/**
 * Prices are whole numbers of the price increment, and a stop-limit makes sense: a sell's limit is not above its stop, a buy's not
 * below, and the stop is still ahead of the last trade.
 */
export const orderPrice: Rule = (context) => {
  const { terms, snapshot } = context
  const { product } = snapshot
  if (!product) return notApplicable(name, 'no product')
  if (terms.orderType === 'MARKET') return notApplicable(name, 'no price')
  const prices = [
    { field: 'limit_price', value: terms.limitPrice },
    ...(terms.orderType === 'STOP_LIMIT' ? [{ field: 'stop_price', value: terms.stopPrice }] : []),
  ]
  const [first, ...rest] = [
    ...prices.flatMap(({ field, value }) => checkIncrement(product, context, field, value)),
    ...(terms.orderType === 'STOP_LIMIT' ? checkStop(terms, context) : []),
  ]
  if (first) return deny(name, first, ...rest)
  return pass(name, {
    limit: `step ${formatDecimal(product.priceIncrement)}`,
    actual: formatDecimal(terms.limitPrice),
    unit: product.quoteCurrency,
  })
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
