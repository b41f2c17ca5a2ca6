import { formatDecimal, fromUnits } from '@tidegate/trading-model'
import { fits, roomIn } from '../claims.js'
import { cureBuyTotal, cureValue } from '../cures.js'
import { say, sayFloor } from '../text.js'
import { unknownFact } from './facts.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'open-value'

/** Open orders that add exposure may together still come to at most `policy.max_open_value` USD, this one included. */
export const openValue: Rule = (context) => {
  const { order, policy, reducesExposure, snapshot, terms } = context
  const limit = policy.maxOpenValueUsd
  if (limit === undefined) return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  if (snapshot.recent === 'unrecorded') return notApplicable(name, 'not recorded')
  const claim = order.counts.openValue
  if (claim === 'unknown') return deny(name, unknownFact('the value of an open order from outside'))
  if (!claim || !order.usdPerQuote) return notValued(name)
  const outside = limit.minus(fromUnits(claim.cap, claim.unitValue))
  const actual = fromUnits(claim.used + claim.amount, claim.unitValue).plus(outside)
  const figures = { limit: formatDecimal(limit), actual: formatDecimal(actual), unit: 'USD' }
  if (fits(claim)) return pass(name, figures)
  const room = roomIn(claim).div(order.usdPerQuote)
  const cure =
    terms.side === 'BUY'
      ? cureBuyTotal(context, room)
      : cureValue(context, room, order.numbers.worstValue.div(order.numbers.baseSize))
  return deny(name, {
    code: 'RISK_OPEN_ORDERS',
    ...figures,
    message: `Open orders that add exposure would come to ${say(actual)} USD, ${say(outside)} USD of them from outside; ${formatDecimal(limit)} USD are allowed, ${sayFloor(roomIn(claim))} USD are left.`,
    cure: cure ?? 'cancel an open order first',
  })
}
