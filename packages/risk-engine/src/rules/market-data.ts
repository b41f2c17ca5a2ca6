import type { Denial } from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { deny, pass, type Rule } from './rule.js'

const name = 'market-data'

/**
 * Prices are fresh, their stream is whole and the book is not crossed. Only an order that brings exposure down may rest on worse
 * data, so that a broken feed never locks anybody into a position; without any price it cannot be valued either.
 */
export const marketData: Rule = (context) => {
  const { policy, snapshot, reducesExposure } = context
  const problem = problemOf(context)
  const numbers = {
    limit: String(policy.maxMarketAgeMs),
    actual: snapshot.market ? String(snapshot.market.ageMs) : 'none',
    unit: 'ms',
  }
  if (problem && !(reducesExposure && context.order)) return deny(name, problem)
  return pass(name, numbers)
}

function problemOf({ policy, snapshot, terms }: RuleContext): Denial | undefined {
  const { market } = snapshot
  const stale = (actual: string, limit: string, unit: string, message: string): Denial => ({
    code: 'RISK_STALE_DATA',
    limit,
    actual,
    unit,
    message,
    cure: 'wait for fresh market data and try again',
  })
  if (!market) return stale('none', 'a price', 'state', `There is no market data for ${terms.productId}.`)
  const { bestBid, bestAsk, lastTrade } = market.value
  if (![bestBid, bestAsk, lastTrade].every((price) => price.isFinite() && price.gt(0))) {
    return stale('no price', 'a price', 'state', `${terms.productId} has no positive bid, ask and last trade now.`)
  }
  if (bestBid.gte(bestAsk)) {
    const actual = `${bestBid.toFixed()}/${bestAsk.toFixed()}`
    return stale(actual, 'bid below ask', 'state', `The book of ${terms.productId} is crossed: bid ${actual} ask.`)
  }
  if (!market.usable) {
    return stale('broken', 'whole', 'state', `The stream behind the book of ${terms.productId} is broken.`)
  }
  if (market.ageMs > policy.maxMarketAgeMs) {
    return stale(
      String(market.ageMs),
      String(policy.maxMarketAgeMs),
      'ms',
      `Market data for ${terms.productId} is ${market.ageMs} ms old; at most ${policy.maxMarketAgeMs} ms are allowed.`,
    )
  }
  return undefined
}
