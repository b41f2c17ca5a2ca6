import type { DayResult, Policy, PositionMetrics, RiskDecision } from '@tidegate/risk-engine'
import type {
  ApprovalRow,
  Balance,
  CancelState,
  Decimal,
  Denial,
  Environment,
  FeeRates,
  Fill,
  Intent,
  IntentQuery,
  KeyPermissions,
  Mode,
  ModeRow,
  OrderTerms,
  Principal,
  VenueOrder,
} from '@tidegate/trading-model'
import type { ApprovalAnswer, ApprovalVerdict } from './approvals/approval-desk.js'

/** The limits of the account, and of the agents that have their own by name. */
export interface Policies {
  readonly policy: Policy
  readonly agentPolicies: ReadonlyMap<string, Policy>
}

export interface PlaceRequest {
  readonly principal: Principal
  readonly terms: OrderTerms
  /**
   * Times of the terms that nobody named and that the clock gave them: a repeat of the wish is recognised without them, and gets the first
   * intent with the times that one has.
   */
  readonly givenTimes?: readonly ('start' | 'end')[]
  /** The caller's `client_order_id`: same key and terms, same answer; other terms, `ERR_IDEMPOTENCY_CONFLICT`. */
  readonly key?: string
  /** How long the answer may wait for a market order to finish, ms. The order goes on either way. */
  readonly waitMs?: number
}

/**
 * - `accepted`: the venue took it; see `intent.state` for how far it is.
 * - `denied`: our rules said no. `rejected`: the venue said no. `unknown`: sent, no verdict; never send it again.
 * - `awaiting_approval`: a person decides; nothing was sent.
 * - `not_sent`: surely not at the venue; it is tried again by itself until its time is up.
 * - `dry_run`: checked only, nothing reserved or sent.
 */
export type PlaceOutcome = 'accepted' | 'denied' | 'rejected' | 'unknown' | 'awaiting_approval' | 'not_sent' | 'dry_run'

export interface PlaceResult {
  readonly outcome: PlaceOutcome
  /** Absent in a dry run. */
  readonly intent?: Intent
  /** The earlier intent this call repeats, when it was recognised as a repeat. */
  readonly duplicateOf?: string
  /** Absent for a repeat. */
  readonly decision?: RiskDecision
}

export interface EditRequest {
  readonly principal: Principal
  /** Intent id, venue order id, or the caller's client_order_id of the order to change. */
  readonly id: string
  /** Quote per base; absent: as it is. */
  readonly limitPrice?: Decimal
  /** New total in base units, with what has filled; absent: as it is. */
  readonly size?: Decimal
  readonly stopPrice?: Decimal
  /** The caller's own name for this change: same key and wish, same answer. */
  readonly key?: string
  /** `replace` cancels and places anew even where the venue could edit. Absent: an edit where the venue can, else a replacement. */
  readonly how?: 'edit' | 'replace'
  /** How long the answer may wait until the change shows, ms. It goes on either way. */
  readonly waitMs?: number
}

/**
 * `outcome` means what it means for orders: `accepted`, the venue took it; see `intent.state` for how far it is (APPLIED: the order has
 * the new terms; ACKED: taken, not shown yet; of a replacement the states of an order).
 */
export interface EditResult {
  readonly outcome: PlaceOutcome
  readonly how: 'edit' | 'replace'
  /** True only when the order keeps its place in the queue: the same price and a smaller size, edited in place. */
  readonly keepsPlace: boolean
  readonly denials: readonly Denial[]
  /** The change; absent in a dry run and when there is no such order. */
  readonly intent?: Intent
  /** The order it is about, as it stands now. */
  readonly target?: Intent
  readonly duplicateOf?: string
  readonly decision?: RiskDecision
}

export interface PreviewResult {
  readonly decision: RiskDecision
  readonly policyVersion: string
  readonly marketAgeMs: number | undefined
}

export interface CancelOneResult {
  readonly id: string
  readonly outcome: 'cancelled' | 'requested' | 'refused' | 'unknown' | 'not_found'
  readonly cancel: CancelState
  readonly intent?: Intent
  readonly reason?: string
}

export interface CancelAllResult {
  readonly results: readonly CancelOneResult[]
  /** True when two listings in a row showed nothing live and no order is in doubt. */
  readonly allGone: boolean
  /** Venue order ids still live, and intent ids in doubt. */
  readonly remaining: readonly string[]
}

/** What a person wants of a quarantined order; without a verdict only to look. */
export interface QuarantineRequest {
  readonly principal: Principal
  /** Intent id or venue order id; of an edit, its order is meant. */
  readonly id: string
  readonly verdict?: 'accept' | 'gone'
  /** With `accept`, where the order that the venue named is not ours by its client order id; see {@link TradingDesk.settleQuarantine}. */
  readonly force?: boolean
  /** Kept in the audit. */
  readonly reason?: string
}

export interface QuarantineView {
  readonly outcome: 'look' | 'accepted' | 'gone' | 'refused'
  readonly intent: Intent
  /** As the venue shows it. */
  readonly order?: VenueOrder
  /** What is known, as a sentence. */
  readonly evidence: string
  /** What can be done next, as a sentence. */
  readonly next: string
  /** Refused only because the proof is not complete yet: ask again. */
  readonly waits?: boolean
}

export interface PositionsView {
  readonly positions: readonly PositionMetrics[]
  readonly portfolioValueUsd: string
  readonly day: DayResult
  /** Age of the oldest price used, ms. */
  readonly ageMs: number
}

export interface ReconcileReport {
  readonly atMs: number
  readonly trigger: string
  readonly resolved: readonly { readonly intentId: string; readonly from: string; readonly to: string }[]
  readonly adopted: readonly string[]
  readonly newFills: number
  readonly unresolved: readonly string[]
  /** Differences between our ledger and the venue above dust, as sentences. */
  readonly differences: readonly string[]
}

/** What became of a halt of the account: can anything that had left before it still be accepted? */
export interface HaltReport {
  /** `proven`: no. `unproven`: what is in `doubtful` could not be settled in the time it should take, or the venue did not answer. */
  readonly verdict: 'proven' | 'unproven'
  readonly haltedAtMs: number
  readonly atMs: number
  /** Venue order ids that still rest there; a halt does not cancel. */
  readonly live: readonly string[]
  /** Intent ids without a verdict. */
  readonly doubtful: readonly string[]
}

export type DeskEvent =
  | { readonly type: 'intent'; readonly intent: Intent }
  | { readonly type: 'fill'; readonly fill: Fill }
  | { readonly type: 'mode'; readonly row: ModeRow }
  | { readonly type: 'reconciled'; readonly report: ReconcileReport }
  | { readonly type: 'halt'; readonly report: HaltReport }

/** The only door to the venue. Everything that trades, agent, person or bot, goes through it. */
export interface TradingDesk {
  readonly environment: Environment
  /** The account's limits. */
  readonly policy: Policy
  /** The limits that hold for somebody: an agent's own, else the account's. */
  readonly policyFor: (principalName: string) => Policy
  /**
   * Puts other limits in force, from the next decision on. Who may loosen them is not the desk's business: ask before.
   *
   * @throws StoreError The journal could not keep them; those before stay in force.
   */
  setPolicies(policies: Policies): Promise<void>
  readonly dryRun: boolean

  /** Recovery: loads what is not terminal, reconciles, then lets new orders in. Reads and cancels work before. */
  start(): Promise<void>
  readiness(): { readonly ready: boolean; readonly reason: string }

  /** The same verdict as {@link TradingDesk.place} would give now; nothing is recorded. */
  preview(principal: Principal, terms: OrderTerms): Promise<PreviewResult>
  /** @throws PermissionError, IdempotencyConflictError, NotReadyError, StoreError. Everything else is in the result. */
  place(request: PlaceRequest): Promise<PlaceResult>
  /**
   * Changes price or size of an order that rests, under the same rules; at most one change per order at a time.
   *
   * @throws PermissionError, IdempotencyConflictError, NotReadyError, StoreError. Everything else is in the result.
   */
  edit(request: EditRequest): Promise<EditResult>
  /** {@link TradingDesk.edit} by cancelling first and placing anew; a lost fill or rule in between leaves neither. */
  replace(request: EditRequest): Promise<EditResult>
  /** `id` is an intent id, a venue order id, or the caller's client_order_id. */
  cancel(principal: Principal, id: string): Promise<CancelOneResult>
  cancelAll(principal: Principal, productId?: string): Promise<CancelAllResult>

  /** Records the verdict; an approved order is evaluated again and sent within a second. */
  decideApproval(verdict: ApprovalVerdict): Promise<ApprovalAnswer>
  listApprovals(pendingOnly: boolean): Promise<readonly ApprovalRow[]>
  /**
   * Looks at a quarantined order, or settles it. For people at the operator's door.
   *
   * @throws PermissionError, NotFoundError, StoreError, and a VenueError when the venue does not answer completely.
   */
  settleQuarantine(request: QuarantineRequest): Promise<QuarantineView>

  /** Any trader may tighten (halt); loosening is for the operator's door, not for agents. */
  setMode(change: {
    readonly principal: Principal
    readonly scope: string
    readonly mode: Mode
    readonly reason: string
  }): Promise<ModeRow>
  modes(): Promise<readonly ModeRow[]>

  /** Current state; asks the venue first when the order is live. `undefined` when unknown here and there. */
  getOrder(id: string): Promise<Intent | undefined>
  listOrders(query: IntentQuery): Promise<readonly Intent[]>
  fills(query: {
    readonly productId?: string
    readonly orderId?: string
    readonly sinceMs?: number
    readonly untilMs?: number
  }): Promise<readonly Fill[]>
  balances(): Promise<{ readonly balances: readonly Balance[]; readonly asOfMs: number }>
  profile(): Promise<{ readonly fees: FeeRates; readonly permissions: KeyPermissions; readonly asOfMs: number }>
  positions(productId?: string): Promise<PositionsView>

  reconcile(trigger: string): Promise<ReconcileReport>
  listen(listener: (event: DeskEvent) => void): () => void
  /** Stops intake, waits for submits under way (bounded), and leaves the rest to the next start. */
  close(): Promise<void>
}
