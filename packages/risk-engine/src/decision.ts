import type { ApprovedOrder, Denial } from '@tidegate/trading-model'

/** One rule's finding, also when it passed: what the numbers were. */
export interface RuleFinding {
  /** File name of the rule, e.g. `max-order-value`. */
  readonly rule: string
  readonly passed: boolean
  readonly limit: string
  readonly actual: string
  readonly unit: string
}

/** What the order would cost and do at the prices of the snapshot. Decimal strings. */
export interface OrderEstimate {
  /** Limit price, or the deepest book level a market order needs: no unit trades worse in this book. Quote per base. */
  readonly worstPrice: string
  /** Average price the book shows for the order now, quote per base; always there when the engine made the estimate. */
  readonly expectedPrice?: string
  readonly baseSize: string
  /** Quote units without fee. */
  readonly notional: string
  readonly fee: string
  readonly feeRate: string
  /** Quote units with fee for buys; after fee for sells. */
  readonly total: string
  readonly notionalUsd: string
  readonly mid: string
  /** Position in the base asset after the order as a share of the portfolio, percent. */
  readonly positionPctAfter: string
}

/** Denial is a value. All rules run; all reasons come back, so the order can be mended in one step. */
export type RiskDecision =
  | {
      readonly kind: 'approved'
      readonly order: ApprovedOrder
      readonly findings: readonly RuleFinding[]
      readonly estimate: OrderEstimate
    }
  | {
      readonly kind: 'denied'
      readonly denials: readonly Denial[]
      readonly findings: readonly RuleFinding[]
      /** Absent when the order could not be valued at all (no product, no price). */
      readonly estimate?: OrderEstimate
    }
