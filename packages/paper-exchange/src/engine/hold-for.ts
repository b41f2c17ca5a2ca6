import { Decimal, type Product, roundDownToIncrement, ZERO } from '@tidegate/trading-model'
import { holdRate, ladderBuyHold, limitBuyHold, worstBuyPrice } from '../accounts/hold.js'
import type { TakePlan } from './plan-take.js'
import type { ExchangeTerms } from './terms.js'

interface Rates {
  readonly takerRate: Decimal
  readonly makerRate: Decimal
}

/**
 * Base units that an order works. A quote-sized limit is worked as what its money buys at the limit, fees included, rounded down to the
 * increment: better prices cost less than was asked for. Market and TWAP orders spend money to the end: `undefined`.
 */
export function workableFor(terms: ExchangeTerms, product: Product, rates: Rates): Decimal | undefined {
  if (terms.orderType === 'SCALED') return terms.rungs.reduce((sum, rung) => sum.add(rung.baseSize), ZERO)
  if (terms.size.kind === 'base') return terms.size.baseSize
  if (terms.orderType !== 'LIMIT') return undefined
  const rate = holdRate(terms, rates.takerRate, rates.makerRate)
  const price = terms.limitPrice.mul(rate.add(1))
  return price.isZero() ? ZERO : roundDownToIncrement(terms.size.quoteSize.div(price), product.baseIncrement)
}

/**
 * What an order holds when it is accepted: quote units for a buy, base units for a sale.
 *
 * @param cushion - What is available, where the order reaches the market later: a base-sized market buy then holds a little more.
 */
export function holdFor(
  terms: ExchangeTerms,
  plan: TakePlan,
  product: Product,
  rates: Rates,
  cushion: Decimal | undefined,
): Decimal {
  const workable = workableFor(terms, product, rates)
  if (!workable) return terms.size.kind === 'quote' ? terms.size.quoteSize : ZERO
  if (terms.side === 'SELL') return workable
  const rate = holdRate(terms, rates.takerRate, rates.makerRate)
  if (terms.orderType === 'SCALED') return ladderBuyHold(terms.rungs, rate)
  if (terms.orderType !== 'MARKET') return limitBuyHold(workable, worstBuyPrice(terms), rate)
  const cost = plan.steps.reduce((sum, step) => sum.add(step.quoteValue).add(step.fee), ZERO)
  if (!cushion) return cost
  // The price may move before the order reaches the market: hold a little more, as far as there is more.
  return Decimal.max(cost, Decimal.min(cost.mul('1.01').toDecimalPlaces(16, Decimal.ROUND_UP), cushion))
}
