import type { DayResult } from '@tidegate/risk-engine'
import { formatDecimal } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/**
 * Looks at the result of the day without waiting for somebody to place an order: at the limit of the account, or of an agent, only
 * exits pass from then on. A result that is not complete proves nothing; orders are denied for that anyway.
 */
export async function tripAtLoss(context: DeskContext, day: DayResult): Promise<void> {
  if (!day.complete) return
  const loss = day.feesUsd.minus(day.realizedUsd).minus(day.unrealizedUsd)
  const { maxLossPerDayUsd } = context.policy
  const say = (limit: typeof maxLossPerDayUsd) =>
    `daily loss: ${formatDecimal(loss)} USD, limit ${formatDecimal(limit)}`
  if (loss.gte(maxLossPerDayUsd)) return context.trip('account', 'REDUCE_ONLY', say(maxLossPerDayUsd))
  for (const [name, own] of context.agentPolicies ?? []) {
    if (loss.gte(own.maxLossPerDayUsd)) await context.trip(`agent:${name}`, 'REDUCE_ONLY', say(own.maxLossPerDayUsd))
  }
}
