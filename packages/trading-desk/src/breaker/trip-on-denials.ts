import type { Policy } from '@tidegate/risk-engine'
import { type Denial, type DenialCode, formatDecimal, type Mode } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/** A limit that says of the account, and not of the order, that something went wrong. */
interface Alarm {
  /** The limit as a denial shows it; two that show the same are the same limit. */
  readonly limitOf: (policy: Policy) => string | undefined
  readonly what: string
}

const alarms: Partial<Readonly<Record<DenialCode, Alarm>>> = {
  RISK_DAILY_LOSS: { limitOf: ({ maxLossPerDayUsd }) => formatDecimal(maxLossPerDayUsd), what: 'daily loss' },
  RISK_DRAWDOWN: {
    limitOf: ({ maxDrawdownPct }) => maxDrawdownPct && formatDecimal(maxDrawdownPct),
    what: 'drawdown',
  },
  // Who enters again after every fill does so by itself, whatever the account as a whole is doing.
  RISK_REPEATED_ENTRY: { limitOf: () => undefined, what: 'repeated entry' },
}

const tripped: Mode = 'REDUCE_ONLY'

/**
 * Some refusals are more than an answer: after a loss or a drawdown at its limit, or an agent that enters again after every fill, only
 * exits pass until a person resumes. A new day, a better price or a restart do not forgive it.
 *
 * The account's own limit trips the account; a tighter one of an agent trips that agent alone.
 */
export async function tripOnDenials(
  context: DeskContext,
  principalName: string,
  denials: readonly Denial[],
): Promise<void> {
  for (const denial of denials) {
    const alarm = alarms[denial.code]
    if (!alarm) continue
    const isAccounts = alarm.limitOf(context.policy) === denial.limit
    const scope = isAccounts ? 'account' : `agent:${principalName}`
    await context.trip(scope, tripped, `${alarm.what}: ${denial.actual} ${denial.unit}, limit ${denial.limit}`)
  }
}
