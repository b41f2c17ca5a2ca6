import type { Decimal } from '@tidegate/trading-model'

/**
 * The limits, fully parsed. Names follow the specification's `safety` section and breaker; ours are the collar, sizes and lists.
 * Money is USD, percentages are plain numbers (25 means 25 %).
 *
 * The optional fields came later: a policy text that was stored without one of them is a policy without that limit, so that old
 * decisions replay as they were made. A configuration that does not name one gets its default; `off` takes it away.
 */
export interface Policy {
  /** Content hash of the text it came from; stored with every decision. */
  readonly version: string
  /** `safety.max_order_value_usd`: most one order may cost, fee included. */
  readonly maxOrderValueUsd: Decimal
  /** `safety.max_position_size_pct`: largest share of the portfolio in one base asset after the order. */
  readonly maxPositionSizePct: Decimal
  /** `safety.require_confirmation_above_usd`: a person decides above this. */
  readonly requireConfirmationAboveUsd: Decimal
  /** `policy.max_orders_per_minute`. */
  readonly maxOrdersPerMinute: number
  /** `policy.max_loss_per_day`, USD: realised + unrealised + fees since 00:00 UTC. */
  readonly maxLossPerDayUsd: Decimal
  /** `policy.max_order_size`: base units by product; aliases count as their book. */
  readonly maxOrderSize: Readonly<Record<string, Decimal>>
  /** `policy.price_collar_pct`: furthest a price may be from mid and from the last trade on the side that hurts. */
  readonly priceCollarPct: Decimal
  /** `policy.allow_products`: empty means all. */
  readonly allowProducts: readonly string[]
  /** `policy.deny_products`. */
  readonly denyProducts: readonly string[]
  /** Oldest market data a decision may rest on, ms. */
  readonly maxMarketAgeMs: number
  /** Oldest account data a decision may rest on, ms. */
  readonly maxAccountAgeMs: number
  /** `policy.max_orders_per_minute_per_agent`; absent: the account's number holds for each agent, too. */
  readonly maxOrdersPerMinutePerAgent?: number
  /** `policy.max_orders_per_minute_per_product`, by book; absent: not counted by product. */
  readonly maxOrdersPerMinutePerProduct?: number
  /** `policy.max_value_per_day`, USD: orders of the UTC day that add exposure, at their worst value. Absent: no limit. */
  readonly maxValuePerDayUsd?: Decimal
  /** `policy.max_value_per_day_per_agent`, USD. Absent: no limit beside the account's. */
  readonly maxValuePerDayPerAgentUsd?: Decimal
  /** `policy.max_value_per_day_per_product`, USD, by book. Absent: no limit beside the account's. */
  readonly maxValuePerDayPerProductUsd?: Decimal
  /** `policy.max_open_orders`: open orders that add exposure, this one included. Absent: no limit. */
  readonly maxOpenOrders?: number
  /** `policy.max_open_value`, USD: what those orders may still come to. Absent: no limit. */
  readonly maxOpenValueUsd?: Decimal
  /** `policy.max_drawdown_pct`: how far the portfolio may be below its peak. Absent: no limit. */
  readonly maxDrawdownPct?: Decimal
  /** `policy.drawdown_window_days`: UTC days that count for the peak, today included. */
  readonly drawdownWindowDays?: number
  /** `policy.duplicate_order_window_ms`: the same terms from the same agent within this are refused whatever their key. Absent: never. */
  readonly duplicateOrderWindowMs?: number
  /** `policy.max_reentries`: filled orders that may add exposure on one side of one book within the window. Absent: no limit. */
  readonly maxReentries?: number
  /** `policy.reentry_window_ms`. */
  readonly reentryWindowMs?: number
  /** `policy.max_price_jump_pct`: furthest the mid may be from every price remembered within the window. Absent: no limit. */
  readonly maxPriceJumpPct?: Decimal
  /** `policy.price_jump_window_ms`. */
  readonly priceJumpWindowMs?: number
  /** `policy.refuse_self_match`: no order may trade with a resting order of the same account. Absent: false. */
  readonly refuseSelfMatch?: boolean
  /** `policy.approve_reductions`: whether a large order that only reduces exposure waits for a person, too. Absent: true. */
  readonly approveReductions?: boolean
  /** `policy.max_open_orders_per_agent`: as `max_open_orders`, for the orders of each agent. Absent: no limit beside the account's. */
  readonly maxOpenOrdersPerAgent?: number
  /** `policy.max_open_value_per_agent`, USD. Absent: no limit beside the account's. */
  readonly maxOpenValuePerAgentUsd?: Decimal
}
