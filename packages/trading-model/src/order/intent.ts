import type { Environment } from '../ports/venue.js'
import type { OrderTerms } from './order.js'
import type { CancelState, IntentKind, IntentState } from './order-status.js'

/** Principal of orders that nobody here asked for: placed outside Tidegate, or taken over from quarantine. */
export const EXTERNAL_PRINCIPAL = 'external'

/** One wish to trade, durable before anything is sent. At most one venue order ever comes of it; of an edit none. */
export interface Intent {
  readonly intentId: string
  readonly kind: IntentKind
  /** The order that an edit changes or a replacement follows; absent for orders of their own. */
  readonly targetIntentId?: string
  /** What the target had filled when this change was recorded, base units: a replacement goes only while that still holds. */
  readonly targetFilledSize?: string
  /** Our id at the venue: a UUID made by HMAC from deployment secret, account, principal and key. */
  readonly clientOrderId: string
  readonly environment: Environment
  /** Portfolio the key is bound to. */
  readonly account: string
  /** Name of the principal that asked; `external` for orders somebody placed outside Tidegate. */
  readonly principal: string
  /** The caller's own idempotency key, where one came. */
  readonly key?: string
  /** For an edit the full terms after it; for an order that was edited those it has now. */
  readonly terms: OrderTerms
  /** SHA-256 of the serialised terms, hex. */
  readonly termsHash: string
  readonly state: IntentState
  readonly cancel: CancelState
  /** Decimal strings: money in quote units unless the name says USD. */
  readonly worstNotionalUsd: string
  readonly needsApproval: boolean
  readonly reducesExposure: boolean
  readonly priceBand: { readonly low: string; readonly high: string }
  readonly approvalExpiresAtMs?: number
  readonly approvedBy?: string
  readonly venueOrderId?: string
  /** Earliest moment the venue may have seen it: begin of the window for reconciliation scans. */
  readonly notBeforeMs?: number
  /** Latest moment at which its request may be signed, venue time; a copy in flight stays valid for the token's lifetime after it. */
  readonly signByMs?: number
  readonly filledSize: string
  readonly filledValue: string
  readonly totalFees: string
  readonly averageFilledPrice?: string
  /** Stable code of a denial, rejection or doubt. */
  readonly outcomeCode?: string
  /** A sentence; may contain the venue's words, so untrusted. */
  readonly outcomeReason?: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Counts up with every event: the guard against lost updates. */
  readonly version: number
}
