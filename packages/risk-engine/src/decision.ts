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
  /** Worst average price the order can get within its limit, quote per base. */
  readonly worstPrice: string
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
