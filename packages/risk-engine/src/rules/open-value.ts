import { type Decimal, type Denial, formatDecimal, fromUnits, ZERO } from '@tidegate/trading-model'
import { type Claim, fits, roomIn } from '../claims.js'
import type { RuleContext } from '../context.js'
import { cureBuyTotal, cureValue } from '../cures.js'
import { say, sayFloor } from '../text.js'
import { unknownFact } from './facts.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'open-value'

/**
 * Open orders that add exposure may together still come to at most `policy.max_open_value` USD, this one included, and those of one
 * agent to at most `policy.max_open_value_per_agent`.
 */
export const openValue: Rule = (context) => {
  const { order, policy, reducesExposure, snapshot } = context
  if (policy.maxOpenValueUsd === undefined && policy.maxOpenValuePerAgentUsd === undefined)
    return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (!order) return notValued(name)
  if (snapshot.recent === 'unrecorded') return notApplicable(name, 'not recorded')
  const claims = order.counts.openValue
  if (claims === 'unknown') return deny(name, unknownFact('the value of an open order from outside'))
  const [tightest] = [...claims].sort((a, b) => (a.cap - a.used < b.cap - b.used ? -1 : 1))
  if (!tightest || !order.usdPerQuote) return notValued(name)
  const [first, ...rest] = claims.filter((claim) => !fits(claim)).map((claim) => refusal(context, claim, tightest))
  return first ? deny(name, first, ...rest) : pass(name, sumOf(context, tightest).figures)
}

interface Sum {
  readonly figures: Pick<Denial, 'limit' | 'actual' | 'unit'>
  readonly actualUsd: Decimal
  readonly outsideUsd: Decimal
}

function sumOf({ policy }: RuleContext, claim: Claim): Sum {
  const capUsd = fromUnits(claim.cap, claim.unitValue)
  const limit = (isAccounts(claim) ? policy.maxOpenValueUsd : policy.maxOpenValuePerAgentUsd) ?? capUsd
  // The cap of the account's row leaves out what came from outside; the limit that people wrote does not.
  const outsideUsd = isAccounts(claim) ? limit.minus(capUsd) : ZERO
  const actualUsd = fromUnits(claim.used + claim.amount, claim.unitValue).plus(outsideUsd)
  const figures = { limit: formatDecimal(limit), actual: formatDecimal(actualUsd), unit: 'USD' }
  return { figures, actualUsd, outsideUsd }
}

/** The cure is for both rows at once, so it goes by the one with the least room. */
function refusal(context: RuleContext, claim: Claim, tightest: Claim): Denial {
  const { order, terms } = context
  const { figures, actualUsd, outsideUsd } = sumOf(context, claim)
  const room = order?.usdPerQuote && roomIn(tightest).div(order.usdPerQuote)
  const cure =
    order && room
      ? terms.side === 'BUY'
        ? cureBuyTotal(context, room)
        : cureValue(context, room, order.numbers.worstValue.div(order.numbers.baseSize))
      : undefined
  const whose = isAccounts(claim) ? '' : ` of ${claim.scope.replace('open-value:', '')}`
  const outside = isAccounts(claim) ? `, ${say(outsideUsd)} USD of them from outside` : ''
  return {
    code: 'RISK_OPEN_ORDERS',
    ...figures,
    message: `Open orders${whose} that add exposure would come to ${say(actualUsd)} USD${outside}; ${figures.limit} USD are allowed, ${sayFloor(roomIn(claim))} USD are left.`,
    cure: cure ?? 'cancel an open order first',
  }
}

function isAccounts(claim: Claim): boolean {
  return claim.scope === 'open-value:account'
}
