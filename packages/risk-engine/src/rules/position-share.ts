import { Decimal, formatDecimal, fromUnits } from '@tidegate/trading-model'
import { type ExposureClaim, fits, roomIn } from '../claims.js'
import { cureValue } from '../cures.js'
import { say } from '../text.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'position-share'

/**
 * After the order, with all resting and reserved buys filled, one asset is at most `safety.max_position_size_pct` of the portfolio.
 * BTC-USD and BTC-USDC are one asset.
 */
export const positionShare: Rule = (context) => {
  const { order, policy } = context
  if (!order) return notValued(name)
  if (!order.acquires) return notApplicable(name, 'reduces')
  const claim = order.exposure
  if (!claim) {
    return deny(name, {
      code: 'RISK_STALE_DATA',
      limit: 'a USD price',
      actual: 'none',
      unit: 'state',
      message: `The position in ${order.acquires} cannot be valued in USD, so its share of the portfolio is unknown.`,
      cure: 'wait for a price',
    })
  }
  const share = shareAfterPct(claim)
  const figures = { limit: formatDecimal(policy.maxPositionSizePct), actual: say(share), unit: '%' }
  if (fits(claim)) return pass(name, figures)
  const room = order.usdPerQuote ? roomIn(claim).div(order.usdPerQuote) : new Decimal(0)
  const { numbers } = order
  const pricedAt = context.terms.side === 'BUY' ? numbers.worstPrice : numbers.worstValue.div(numbers.baseSize)
  const cure = cureValue(context, room, pricedAt)
  return deny(name, {
    code: 'RISK_POSITION_LIMIT',
    ...figures,
    message:
      `Position size limit exceeded: ${claim.asset} would be ${say(share)} % of the portfolio (${say(claim.equityUsd)} USD), ` +
      `at most ${formatDecimal(policy.maxPositionSizePct)} % is allowed. Held and bought elsewhere ${say(claim.positionUsd)} USD, ` +
      `reserved by our open buys ${say(fromUnits(claim.used, claim.unitValue))} USD, this order ${say(fromUnits(claim.amount, claim.unitValue))} USD.`,
    cure: cure ?? `sell ${claim.asset} or cancel a buy of it first`,
  })
}

/** Share of the portfolio after the order and all live buys, percent. */
export function shareAfterPct(claim: ExposureClaim): Decimal {
  const after = claim.positionUsd.plus(fromUnits(claim.used + claim.amount, claim.unitValue))
  return claim.equityUsd.gt(0) ? after.div(claim.equityUsd).mul(100) : new Decimal(100)
}
