import { type Decimal, formatDecimal, ONE, roundDownToIncrement } from '@tidegate/trading-model'
import type { RuleContext } from './context.js'

/**
 * The largest size that costs at most `maxTotal` quote units, fee included, as an instruction.
 *
 * @returns `undefined` when not even the product's minimum would pass.
 */
export function cureBuyTotal(context: RuleContext, maxTotal: Decimal): string | undefined {
  const { order, terms } = context
  if (!order) return undefined
  if (terms.size.kind === 'quote') return cureQuote(context, maxTotal)
  return cureBase(context, maxTotal.div(ONE.plus(order.numbers.feeRate)).div(order.numbers.worstPrice))
}

/**
 * The largest size worth at most `maxValue` quote units without fee, as an instruction.
 *
 * @param pricedAt - Quote per base at which the limit counts the order; for sells that may be above the price it can get.
 */
export function cureValue(context: RuleContext, maxValue: Decimal, pricedAt: Decimal): string | undefined {
  const { order, terms } = context
  if (!order) return undefined
  if (terms.size.kind === 'base') return cureBase(context, maxValue.div(pricedAt))
  if (terms.side === 'BUY') return cureQuote(context, maxValue.mul(ONE.plus(order.numbers.feeRate)))
  // A quote-sized sell gives as much base as its worst price asks for, rounded up.
  const maxBase = roundDownToIncrement(maxValue.div(pricedAt), order.product.baseIncrement)
  return cureQuote(context, maxBase.mul(order.numbers.worstPrice))
}

/** The largest base size not above `maxBase`, as an instruction. Also for quote-sized orders, at the price that makes most of them. */
export function cureBaseSize(context: RuleContext, maxBase: Decimal): string | undefined {
  const { order, terms } = context
  if (!order || terms.size.kind === 'base') return cureBase(context, maxBase)
  const { numbers } = order
  const perBase = numbers.notional.div(numbers.maxBaseSize)
  return cureValue(context, maxBase.mul(perBase), perBase)
}

function cureBase(context: RuleContext, maxBase: Decimal): string | undefined {
  const product = context.order?.product
  if (!product) return undefined
  const size = roundDownToIncrement(maxBase, product.baseIncrement)
  return size.gt(0) && size.gte(product.baseMinSize) ? `reduce size to ${formatDecimal(size)}` : undefined
}

function cureQuote(context: RuleContext, maxQuote: Decimal): string | undefined {
  const product = context.order?.product
  if (!product) return undefined
  const size = roundDownToIncrement(maxQuote, product.quoteIncrement)
  return size.gt(0) && size.gte(product.quoteMinSize) ? `reduce quote_size to ${formatDecimal(size)}` : undefined
}
