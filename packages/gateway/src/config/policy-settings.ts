import type { PolicyOptions } from '@tidegate/risk-engine'
import type { Resolve } from './resolve-settings.js'
import type { Setting } from './settings.js'
import { type ReadValue, readAmount, readBoolean, readInteger } from './value-readers.js'

type Limit<T> = Setting<T | undefined>

/** Nothing said is the risk engine's default, which may follow from other limits. */
const limit = <T>(path: string, read: ReadValue<T>): Limit<T> => ({ path, read, fallback: undefined })

/** A limit that `off` takes away. */
/** A value, or the word that takes it away. */
export const orOff =
  <T>(read: ReadValue<T>): ReadValue<T | 'off'> =>
  (raw, origin) =>
    raw === 'off' ? 'off' : read(raw, origin)

const usd = readAmount('an amount in USD')
const pct = readAmount('a percentage', { high: '100' })
const count = readInteger(1, 1_000_000)
const hourMs = 3_600_000

/** The limits beside those of the specification; each is one field of the policy. */
export const policySettings = {
  maxOrdersPerMinutePerAgent: limit('policy.max_orders_per_minute_per_agent', orOff(readInteger(1, 1_000))),
  maxOrdersPerMinutePerProduct: limit('policy.max_orders_per_minute_per_product', orOff(readInteger(1, 1_000))),
  maxValuePerDayUsd: limit('policy.max_value_per_day', orOff(usd)),
  maxValuePerDayPerAgentUsd: limit('policy.max_value_per_day_per_agent', orOff(usd)),
  maxValuePerDayPerProductUsd: limit('policy.max_value_per_day_per_product', orOff(usd)),
  maxOpenOrders: limit('policy.max_open_orders', orOff(count)),
  maxOpenOrdersPerAgent: limit('policy.max_open_orders_per_agent', orOff(count)),
  maxOpenValueUsd: limit('policy.max_open_value', orOff(usd)),
  maxOpenValuePerAgentUsd: limit('policy.max_open_value_per_agent', orOff(usd)),
  maxDrawdownPct: limit('policy.max_drawdown_pct', orOff(pct)),
  drawdownWindowDays: limit('policy.drawdown_window_days', readInteger(1, 366)),
  duplicateOrderWindowMs: limit('policy.duplicate_order_window_ms', orOff(readInteger(1, hourMs))),
  maxReentries: limit('policy.max_reentries', orOff(count)),
  reentryWindowMs: limit('policy.reentry_window_ms', readInteger(1, 24 * hourMs)),
  maxPriceJumpPct: limit('policy.max_price_jump_pct', orOff(readAmount('a percentage'))),
  priceJumpWindowMs: limit('policy.price_jump_window_ms', readInteger(1, hourMs)),
  refuseSelfMatch: limit('policy.refuse_self_match', readBoolean),
  approveReductions: limit('policy.approve_reductions', readBoolean),
} as const

/** What the owner says about these limits; what is not said is left to the policy's defaults. */
export function readLimits(resolve: Resolve): PolicyOptions {
  const s = policySettings
  return {
    maxOrdersPerMinutePerAgent: resolve(s.maxOrdersPerMinutePerAgent).value,
    maxOrdersPerMinutePerProduct: resolve(s.maxOrdersPerMinutePerProduct).value,
    maxValuePerDayUsd: resolve(s.maxValuePerDayUsd).value,
    maxValuePerDayPerAgentUsd: resolve(s.maxValuePerDayPerAgentUsd).value,
    maxValuePerDayPerProductUsd: resolve(s.maxValuePerDayPerProductUsd).value,
    maxOpenOrders: resolve(s.maxOpenOrders).value,
    maxOpenValueUsd: resolve(s.maxOpenValueUsd).value,
    maxOpenOrdersPerAgent: resolve(s.maxOpenOrdersPerAgent).value,
    maxOpenValuePerAgentUsd: resolve(s.maxOpenValuePerAgentUsd).value,
    maxDrawdownPct: resolve(s.maxDrawdownPct).value,
    drawdownWindowDays: resolve(s.drawdownWindowDays).value,
    duplicateOrderWindowMs: resolve(s.duplicateOrderWindowMs).value,
    maxReentries: resolve(s.maxReentries).value,
    reentryWindowMs: resolve(s.reentryWindowMs).value,
    maxPriceJumpPct: resolve(s.maxPriceJumpPct).value,
    priceJumpWindowMs: resolve(s.priceJumpWindowMs).value,
    refuseSelfMatch: resolve(s.refuseSelfMatch).value,
    approveReductions: resolve(s.approveReductions).value,
  }
}
