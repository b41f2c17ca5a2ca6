import { Decimal, formatDecimal } from '@tidegate/trading-model'
import { utcDayOf } from '../count-claims.js'
import { DEFAULT_SPANS } from '../policy-fields.js'
import { say } from '../text.js'
import { needFact } from './facts.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'max-drawdown'
const dayMs = 86_400_000

/**
 * The portfolio is less than `policy.max_drawdown_pct` below its highest value of the last UTC days. At the limit only orders that
 * bring exposure down pass.
 */
export const maxDrawdown: Rule = (context) => {
  const { policy, snapshot, reducesExposure } = context
  const limit = policy.maxDrawdownPct
  if (limit === undefined) return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  const known = needFact(name, context, 'the peak value of the portfolio', ({ equity }) => equity)
  if (!known.ok) return known.result
  const { nowUsd, peaks } = known.fact
  const days = policy.drawdownWindowDays ?? DEFAULT_SPANS.drawdownWindowDays
  const firstDay = utcDayOf((snapshot.usage.nowMs ?? snapshot.nowMs) - (days - 1) * dayMs)
  const inWindow = peaks.filter(({ day }) => day >= firstDay).map(({ usd }) => usd)
  const peak = Decimal.max(nowUsd, ...inWindow)
  const fallen = peak.gt(0) ? peak.minus(nowUsd).div(peak).mul(100) : new Decimal(0)
  const figures = { limit: formatDecimal(limit), actual: say(fallen), unit: '%' }
  // Multiplied out, because a quotient is rounded and the boundary has to be exact.
  if (peak.minus(nowUsd).mul(100).lt(peak.mul(limit)) || peak.lte(0)) return pass(name, figures)
  return deny(name, {
    code: 'RISK_DRAWDOWN',
    ...figures,
    message: `The portfolio is worth ${say(nowUsd)} USD, ${say(fallen)} % below its peak of ${say(peak)} USD in the last ${days} UTC days; at ${formatDecimal(limit)} % nothing more may be entered. Sells of what the account holds still pass.`,
    cure: 'wait until it recovers, or sell',
  })
}
