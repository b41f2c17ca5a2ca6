import type { OrderTerms } from './order.js'

/**
 * A claim on one limit row, applied by conditional update in the transaction that records the intent.
 * Amounts are whole units (micro-units of USD and USDC, 0.00000001 of everything else) so that SQL compares integers.
 */
export interface Reservation {
  /** What the limit is about, e.g. `balance:USD`, `exposure:BTC`. */
  readonly scope: string
  /** `open` for amounts held while the order lives; a UTC day such as `2026-11-24` for amounts counted per day. */
  readonly window: string
  /** Rounded up. */
  readonly amount: bigint
  /** Rounded down. */
  readonly cap: bigint
  /** What one unit stands for, e.g. `0.000001 USD`. */
  readonly unit: string
}

declare const approved: unique symbol

/**
 * An order that passed every rule. Declared here, minted only by `@tidegate/risk-engine`: lint bans any other cast.
 * The journal's first transaction takes nothing else.
 */
export interface ApprovedOrder {
  readonly [approved]: true
  readonly terms: OrderTerms
  readonly reservations: readonly Reservation[]
  /** Most that can be spent or given away, in USD, fee included. Decimal string. */
  readonly worstNotionalUsd: string
  /** True when a person has to approve before the order may leave. */
  readonly needsApproval: boolean
  /** True when the order can only bring exposure down (sells of held base asset). */
  readonly reducesExposure: boolean
  /** Prices between which the approval holds: mid at the decision ± the collar. Decimal strings, quote per base. */
  readonly priceBand: { readonly low: string; readonly high: string }
}
