import { type Denial, formatDecimal } from '@tidegate/trading-model'
import { say } from '../text.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'daily-loss'

/**
 * Loss of the UTC day, realised + unrealised + fees. At `policy.max_loss_per_day` only orders that bring exposure down pass; so too
 * while the day's result is not known.
 */
export const dailyLoss: Rule = ({ policy, snapshot, reducesExposure }) => {
  const { day } = snapshot
  const loss = day.feesUsd.minus(day.realizedUsd).minus(day.unrealizedUsd)
  const figures = { limit: formatDecimal(policy.maxLossPerDayUsd), actual: formatDecimal(loss), unit: 'USD' }
  if (reducesExposure) return notApplicable(name, 'reduces')
  const denials: Denial[] = []
  if (loss.isNaN() || loss.gte(policy.maxLossPerDayUsd)) {
    denials.push({
      code: 'RISK_DAILY_LOSS',
      ...figures,
      message: `Daily loss limit reached: ${say(loss)} USD lost since 00:00 UTC, limit ${say(policy.maxLossPerDayUsd)} USD. Sells of what the account holds still pass.`,
      cure: 'wait until the UTC day ends, or sell',
    })
  }
  if (!day.complete) {
    denials.push({
      code: 'RISK_STALE_DATA',
      limit: 'complete',
      actual: 'incomplete',
      unit: 'state',
      message:
        'The result of the day is not known: a fill or an opening price is missing, so the daily loss cannot be checked.',
      cure: 'wait until fills and prices are complete',
    })
  }
  const [first, ...rest] = denials
  return first ? deny(name, first, ...rest) : pass(name, figures)
}
