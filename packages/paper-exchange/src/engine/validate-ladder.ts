import { isOnIncrement, type Product, ZERO } from '@tidegate/trading-model'
import type { ExchangeTerms, ScaledTerms } from './terms.js'
import type { Refusal } from './validate-order.js'

/** Most rungs of one ladder; the venue's own limit is not known. */
const mostRungs = 100

/** Every rung must be an order that the product would take, and together they must be what was asked for. */
export function checkLadder(product: Product, terms: ExchangeTerms): Refusal | undefined {
  if (terms.orderType !== 'SCALED') return undefined
  const { rungs } = terms
  if (rungs.length < 2) return { reason: 'SCALED_PARAM_INFEASIBLE', message: 'a ladder has at least two rungs' }
  if (rungs.length > mostRungs) {
    return { reason: 'SCALED_MAX_ORDER_VIOLATION', message: `a ladder has at most ${mostRungs} rungs` }
  }
  for (const [index, { limitPrice, baseSize }] of rungs.entries()) {
    const name = `rung ${index + 1}`
    if (limitPrice.lte(ZERO) || baseSize.lte(ZERO)) {
      return { reason: 'SCALED_PARAM_INFEASIBLE', message: `${name} comes out empty` }
    }
    if (!isOnIncrement(limitPrice, product.priceIncrement)) {
      return { reason: 'PREVIEW_INVALID_PRICE_PRECISION', message: `the price of ${name} is between two increments` }
    }
    if (!isOnIncrement(baseSize, product.baseIncrement)) {
      return { reason: 'PREVIEW_INVALID_SIZE_PRECISION', message: `the size of ${name} is between two increments` }
    }
    if (baseSize.lt(product.baseMinSize) || baseSize.mul(limitPrice).lt(product.quoteMinSize)) {
      return { reason: 'SCALED_MIN_ORDER_VIOLATION', message: `${name} is below the product's minimum` }
    }
    if (baseSize.gt(product.baseMaxSize)) {
      return { reason: 'SCALED_MAX_ORDER_VIOLATION', message: `${name} is above the product's maximum` }
    }
  }
  return checkTotal(terms)
}

function checkTotal({ size, rungs }: ScaledTerms): Refusal | undefined {
  if (size.kind === 'quote') return undefined
  const total = rungs.reduce((sum, rung) => sum.add(rung.baseSize), ZERO)
  return total.eq(size.baseSize)
    ? undefined
    : {
        reason: 'SCALED_PARAM_DISCREPANCY',
        message: `the rungs add up to ${total.toFixed()}, base_size is ${size.baseSize.toFixed()}`,
      }
}
