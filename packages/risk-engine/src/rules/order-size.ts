import {
  Decimal,
  type Denial,
  formatDecimal,
  isOnIncrement,
  type Product,
  roundDownToIncrement,
  roundUpToIncrement,
} from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { say } from '../text.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'order-size'

interface Bounds {
  readonly field: 'size' | 'quote_size'
  readonly value: Decimal
  readonly increment: Decimal
  readonly min: Decimal
  readonly max: Decimal
  readonly unit: string
}

/**
 * The size is a whole number of increments between the product's minimum and maximum, in base and in quote units. So is what it is sent
 * in: a slice of a TWAP, an order of a ladder.
 */
export const orderSize: Rule = (context) => {
  const { product } = context.snapshot
  if (!product) return notApplicable(name, 'no product')
  const bounds = boundsOf(product, context)
  const denials = [...checkBounds(product, bounds), ...checkNotional(product, context), ...checkParts(product, context)]
  const [first, ...rest] = denials
  if (first) return deny(name, first, ...rest)
  return pass(name, {
    limit: `${formatDecimal(bounds.min)}..${formatDecimal(bounds.max)}`,
    actual: formatDecimal(bounds.value),
    unit: bounds.unit,
  })
}

function boundsOf(product: Product, { terms }: RuleContext): Bounds {
  return terms.size.kind === 'base'
    ? {
        field: 'size',
        value: terms.size.baseSize,
        increment: product.baseIncrement,
        min: product.baseMinSize,
        max: product.baseMaxSize,
        unit: product.baseCurrency,
      }
    : {
        field: 'quote_size',
        value: terms.size.quoteSize,
        increment: product.quoteIncrement,
        min: product.quoteMinSize,
        max: product.quoteMaxSize,
        unit: product.quoteCurrency,
      }
}

function checkBounds(product: Product, bounds: Bounds): readonly Denial[] {
  const { field, value, increment, unit } = bounds
  // The minimum itself need not lie on the increment (TONE-USD: increment 1, minimum 26.7187…).
  const min = roundUpToIncrement(bounds.min, increment)
  const max = roundDownToIncrement(bounds.max, increment)
  const invalid = (limit: Decimal, message: string, cure: string): Denial => ({
    code: 'INVALID_ORDER_SIZE',
    limit: formatDecimal(limit),
    actual: formatDecimal(value),
    unit,
    message,
    cure,
  })
  if (!value.isFinite() || value.lte(0)) {
    return [
      invalid(bounds.min, `${field} has to be greater than zero.`, `send a ${field} of ${formatDecimal(min)} or more`),
    ]
  }
  const denials: Denial[] = []
  if (!isOnIncrement(value, increment)) {
    const near = roundDownToIncrement(value, increment)
    const fitting = near.lt(min) ? min : near.gt(max) ? max : near
    denials.push(
      invalid(
        increment,
        `${field} ${formatDecimal(value)} is not a whole number of ${formatDecimal(increment)} ${unit}, the step of ${product.productId}.`,
        `use ${field} ${formatDecimal(fitting)}`,
      ),
    )
  }
  if (value.lt(bounds.min)) {
    denials.push(
      invalid(
        bounds.min,
        `${field} ${formatDecimal(value)} ${unit} is below the minimum of ${product.productId}, ${formatDecimal(bounds.min)} ${unit}.`,
        `raise ${field} to ${formatDecimal(min)}`,
      ),
    )
  }
  if (value.gt(bounds.max)) {
    denials.push(
      invalid(
        bounds.max,
        `${field} ${formatDecimal(value)} ${unit} is above the maximum of ${product.productId}, ${formatDecimal(bounds.max)} ${unit}.`,
        `reduce ${field} to ${formatDecimal(max)}`,
      ),
    )
  }
  return denials
}

/** Base-sized orders also have to be worth the quote minimum: the base minimum alone is often one increment. */
function checkNotional(product: Product, { order, snapshot, terms }: RuleContext): readonly Denial[] {
  if (!order || terms.size.kind !== 'base') return []
  const { notional, worstPrice } = order.numbers
  const unit = product.quoteCurrency
  if (notional.lt(product.quoteMinSize)) {
    const size = roundUpToIncrement(product.quoteMinSize.div(worstPrice), product.baseIncrement)
    return [
      {
        code: 'INVALID_ORDER_SIZE',
        limit: formatDecimal(product.quoteMinSize),
        actual: formatDecimal(notional),
        unit,
        message: `The order is worth ${formatDecimal(notional)} ${unit}; ${product.productId} takes orders from ${formatDecimal(product.quoteMinSize)} ${unit}.`,
        cure: `raise size to ${formatDecimal(size)}`,
      },
    ]
  }
  if (notional.gt(product.quoteMaxSize)) {
    // A smaller market sell gets a better price, and so is worth more per unit.
    const best = snapshot.market?.value.bestBid ?? worstPrice
    const highest = terms.orderType === 'MARKET' && terms.side === 'SELL' ? Decimal.max(worstPrice, best) : worstPrice
    const size = roundDownToIncrement(product.quoteMaxSize.div(highest), product.baseIncrement)
    return [
      {
        code: 'INVALID_ORDER_SIZE',
        limit: formatDecimal(product.quoteMaxSize),
        actual: formatDecimal(notional),
        unit,
        message: `The order is worth ${say(notional)} ${unit}; ${product.productId} takes orders up to ${formatDecimal(product.quoteMaxSize)} ${unit}.`,
        cure: `reduce size to ${formatDecimal(size)}`,
      },
    ]
  }
  return []
}

/** What the venue works piece by piece has to be large enough in each. */
function checkParts(product: Product, { terms }: RuleContext): readonly Denial[] {
  if (terms.orderType === 'SCALED') {
    const small = terms.rungs.find((rung) => isTooSmall(product, rung.baseSize, rung.limitPrice))
    return small ? [tooSmall(product, 'an order of the ladder', small.baseSize, small.limitPrice)] : []
  }
  if (terms.orderType !== 'TWAP') return []
  if (terms.size.kind === 'quote') {
    const slice = terms.size.quoteSize.div(terms.sliceCount)
    return slice.lt(product.quoteMinSize) ? [tooSmall(product, 'a slice', slice, undefined)] : []
  }
  const slice = terms.size.baseSize.div(terms.sliceCount)
  return isTooSmall(product, slice, terms.limitPrice) ? [tooSmall(product, 'a slice', slice, terms.limitPrice)] : []
}

function isTooSmall(product: Product, baseSize: Decimal, price: Decimal): boolean {
  return (
    baseSize.lt(product.baseMinSize) ||
    baseSize.lt(product.baseIncrement) ||
    baseSize.mul(price).lt(product.quoteMinSize)
  )
}

/** @param price - Absent: `size` is in quote units. */
function tooSmall(product: Product, part: string, size: Decimal, price: Decimal | undefined): Denial {
  const isBase = price !== undefined && (size.lt(product.baseMinSize) || size.lt(product.baseIncrement))
  const unit = isBase ? product.baseCurrency : product.quoteCurrency
  const actual = isBase || price === undefined ? size : size.mul(price)
  const limit = isBase ? Decimal.max(product.baseMinSize, product.baseIncrement) : product.quoteMinSize
  return {
    code: 'INVALID_ORDER_SIZE',
    limit: formatDecimal(limit),
    actual: say(actual),
    unit,
    message: `${part[0]?.toUpperCase()}${part.slice(1)} is ${say(actual)} ${unit}; ${product.productId} takes orders from ${formatDecimal(limit)} ${unit}.`,
    cure: 'send fewer num_orders or a larger size',
  }
}
