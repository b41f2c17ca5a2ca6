import { type Denial, formatDecimal, fromUnits } from '@tidegate/trading-model'
import { type Claim, fits, roomIn } from '../claims.js'
import type { RuleContext } from '../context.js'
import { cureBuyTotal, cureValue } from '../cures.js'
import { say, sayFloor } from '../text.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'daily-value'

/**
 * Orders of one UTC day that add exposure come to at most `policy.max_value_per_day` USD, and to the limits of the agent and the book.
 * What an order did not fill is given back when it ends; what it filled stays counted until the day is over.
 */
export const dailyValue: Rule = (context) => {
  const { order, reducesExposure, snapshot } = context
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  if (snapshot.recent === 'unrecorded') return notApplicable(name, 'not recorded')
  const claims = order.counts.dailyValue
  const [tightest] = [...claims].sort((a, b) => (a.cap - a.used < b.cap - b.used ? -1 : 1))
  if (!tightest) return order.worstValueUsd ? notApplicable(name, 'no limit') : notValued(name)
  const [first, ...rest] = claims.filter((claim) => !fits(claim)).map((claim) => refusal(context, claim, tightest))
  return first ? deny(name, first, ...rest) : pass(name, figuresOf(tightest))
}

function figuresOf({ cap, used, amount, unitValue }: Claim): Pick<Denial, 'limit' | 'actual' | 'unit'> {
  return {
    limit: formatDecimal(fromUnits(cap, unitValue)),
    actual: formatDecimal(fromUnits(used + amount, unitValue)),
    unit: 'USD',
  }
}

/** The cure is for all rows at once, so it goes by the one with the least room. */
function refusal(context: RuleContext, claim: Claim, tightest: Claim): Denial {
  const { order, terms } = context
  const figures = figuresOf(claim)
  const room = order?.usdPerQuote && roomIn(tightest).div(order.usdPerQuote)
  const cure =
    order && room
      ? terms.side === 'BUY'
        ? cureBuyTotal(context, room)
        : cureValue(context, room, order.numbers.worstValue.div(order.numbers.baseSize))
      : undefined
  return {
    code: 'RISK_DAILY_VALUE',
    ...figures,
    message: `Orders of ${claim.scope.replace('value:', '')} that add exposure come to ${say(fromUnits(claim.used, claim.unitValue))} USD on ${claim.window} and would with this one be ${figures.actual} USD; ${figures.limit} USD are allowed, ${sayFloor(roomIn(claim))} USD are left.`,
    cure: cure ?? 'wait until the UTC day ends, or reduce exposure',
  }
}
