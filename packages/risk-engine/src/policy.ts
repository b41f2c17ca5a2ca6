import type { Decimal } from '@tidegate/trading-model'

/**
 * The limits, fully parsed. Names follow the specification's `safety` section and breaker; ours are the collar, sizes and lists.
 * Money is USD, percentages are plain numbers (25 means 25 %).
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
}
