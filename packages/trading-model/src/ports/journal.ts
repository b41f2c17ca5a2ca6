import type { ApprovedOrder } from '../order/approved-order.js'
import type { Denial } from '../order/denial.js'
import type { Intent } from '../order/intent.js'
import type { IntentEvent } from '../order/lifecycle.js'
import type { OrderTerms } from '../order/order.js'
import type { IntentKind, IntentState } from '../order/order-status.js'
import type { SecondFactor } from '../order/second-factor.js'
import type { Fill } from '../order/venue-order.js'
import type { LimitChange, LimitChangeKind, LimitChangeResult, NewLimitChange } from './limit-change.js'
import type { Role } from './principal.js'
import type { SubmitTicket } from './submit-ticket.js'

/** ACTIVE: all orders. REDUCE_ONLY: only what brings exposure down. HALTED: cancels only. */
export const MODES = ['ACTIVE', 'REDUCE_ONLY', 'HALTED'] as const
export type Mode = (typeof MODES)[number]

export interface ModeRow {
  /** `account`, `product:BTC-USD`, or `agent:local`. */
  readonly scope: string
  readonly mode: Mode
  readonly by: string
  readonly reason: string
  readonly atMs: number
}

/** At most `cap` intents with this scope in any `windowMs`: exact, sliding, counted from the intents themselves. */
export interface OrderRate {
  /** `account`, `agent:NAME` or, with `productIds`, `product:BOOK`. */
  readonly scope: string
  readonly cap: number
  readonly windowMs: number
  /** Of a product scope: every name of its book. */
  readonly productIds?: readonly string[]
}

/** What makes an intent a change of another one instead of an order of its own. */
export interface IntentChange {
  readonly kind: 'edit' | 'replace'
  readonly targetIntentId: string
  /**
   * SHA-256 of what was asked for (kind, target, the fields that were named), hex: a repeat is recognised by it, because the terms are
   * completed from the order and differ when that has moved.
   */
  readonly wishHash: string
}

export interface IntentOrigin {
  readonly intentId: string
  readonly clientOrderId: string
  readonly account: string
  readonly principal: string
  readonly key?: string
  readonly termsHash: string
  /** Everything the decision was made from, as JSON text: policy version, prices and balances with their ages. */
  readonly decisionInput: string
  readonly policyVersion: string
  /** Absent: an order of its own. */
  readonly change?: IntentChange
  /**
   * What a repeat of an order is recognised by, where that is not `termsHash`: the wish without the times that nobody named and that the
   * clock gave it. Hex.
   */
  readonly wishHash?: string
}

export interface NewIntent extends IntentOrigin {
  readonly order: ApprovedOrder
  readonly rates: readonly OrderRate[]
  /** {@link LimitUsage.releaseEpoch} as read before the snapshot; a difference means the snapshot is out of date. */
  readonly releaseEpoch: number
  /** Without a key, the same terms from the same principal within this time are the same wish. */
  readonly duplicateWindowMs: number
  /** Present exactly when a person has to approve first; the intent then waits in AWAITING_APPROVAL. */
  readonly approvalExpiresAtMs?: number
  /** The product whose book the order trades on (`BTC-USD` for `BTC-USDC`): a halt of either stops it. Absent: the submitted one. */
  readonly bookProductId?: string
}

export interface DeniedIntent extends IntentOrigin {
  readonly terms: OrderTerms
  readonly denials: readonly Denial[]
}

export type RecordResult =
  | { readonly kind: 'recorded'; readonly intent: Intent }
  /** The same wish was recorded before; `by` says how it was recognised. */
  | { readonly kind: 'existing'; readonly intent: Intent; readonly by: 'key' | 'window' }
  | { readonly kind: 'conflict'; readonly intent: Intent }
  /** A limit, a rate, a mode or the snapshot changed since the decision: take a fresh snapshot and decide again. */
  | { readonly kind: 'lost_race'; readonly what: string }
  /** A change cannot be recorded: `target_not_open` names the target, `target_busy` the other change that is under way. */
  | { readonly kind: 'refused'; readonly why: 'target_not_open' | 'target_busy'; readonly intent: Intent }

/** The times of transaction 2, ms since epoch. */
export interface SubmitTimes {
  /** From when on the venue may have the order, by our clock. */
  readonly notBeforeMs: number
  /** Now, in venue time: the ticket is void while the clock says less. */
  readonly signFromMs: number
  /** Latest moment at which the request may be signed, venue time. */
  readonly signByMs: number
}

export type BeginSubmitResult =
  | { readonly kind: 'ticket'; readonly ticket: SubmitTicket; readonly intent: Intent }
  | {
      readonly kind: 'refused'
      /** `target`: the order to edit is over or about to be cancelled; the order to replace still lives or filled further. */
      readonly why: 'mode' | 'state' | 'approval' | 'fence' | 'target'
      readonly intent: Intent
      readonly mode?: Mode
    }

export interface LimitRow {
  readonly scope: string
  readonly window: string
  readonly used: bigint
}

/** What an intent claims of one limit row, and how much of it is held now. */
export interface HeldReservation {
  readonly scope: string
  readonly window: string
  /** The whole claim, as if nothing had filled. */
  readonly amount: bigint
  /** Of that, what counts against the row now. */
  readonly held: bigint
}

export interface LimitUsage {
  /** The store's clock when it was read, ms since epoch: days and windows are counted by it. Absent: that of the snapshot. */
  readonly nowMs?: number
  readonly rows: readonly LimitRow[]
  /** Counts up with every release and every fill: a snapshot taken before is out of date. */
  readonly releaseEpoch: number
  /** Intents per rate scope in the window, and when the oldest of them was recorded. */
  readonly recent: readonly { readonly scope: string; readonly count: number; readonly oldestAtMs?: number }[]
}

export interface IntentQuery {
  readonly states?: readonly IntentState[]
  readonly principal?: string
  readonly productId?: string
  /** Changes of this intent: its edits and its replacement. */
  readonly targetIntentId?: string
  /** Created at this time or later, ms. */
  readonly sinceMs?: number
  /** Created before this time, ms. */
  readonly untilMs?: number
  /** Last changed at this time or later, ms. */
  readonly changedSinceMs?: number
  readonly limit?: number
}

/** What was decided about one wish, and from what: everything needed to decide it again. */
export interface RecordedDecision {
  /** Place in the order of recording; the cursor of {@link Journal.decisions}. */
  readonly ordinal: number
  readonly intentId: string
  /** As recorded: what a person made of the order later changes nothing here. */
  readonly kind: IntentKind
  readonly terms: OrderTerms
  /** Codes of the denials; empty when it was let through. */
  readonly codes: readonly string[]
  readonly needsApproval: boolean
  /** The decision input as JSON text, `{}` where nothing was decided (orders from outside). */
  readonly input: string
  readonly policyVersion: string
  /** Ms since epoch. */
  readonly atMs: number
}

/** Where a UTC day began: the marks from which the day's unrealised result is measured. */
export interface DayMark {
  /** UTC day, `2026-11-24`. */
  readonly day: string
  /** Decimal string, USD per base unit, by base asset. */
  readonly prices: Readonly<Record<string, string>>
  readonly atMs: number
}

export interface AuditEntry {
  readonly seq: number
  readonly atMs: number
  readonly actor: string
  readonly type: string
  readonly intentId?: string
  /** Canonical JSON. */
  readonly body: string
  /** SHA-256 over the entry and the previous hash, hex. */
  readonly hash: string
}

/** What a backup holds. */
export interface BackupReport {
  /** Everything a restore needs is in here. */
  readonly folder: string
  readonly entries: number
  /** Hash of the last entry, hex. */
  readonly head: string
  readonly files: readonly string[]
}

export interface AuditVerdict {
  readonly ok: boolean
  readonly entries: number
  readonly head: string
  readonly firstBad?: number
  readonly problem?: string
}

/** A person's verdict about an order that waits. */
export interface NewVerdict {
  readonly intentId: string
  /** The whole hash of the terms that were shown. */
  readonly termsHash: string
  readonly decision: 'approved' | 'denied'
  readonly by: string
  readonly reason?: string
  /** The code that came with an approval; a denial needs none. */
  readonly factor?: SecondFactor
  /** An approval without a code is refused. */
  readonly factorRequired?: boolean
}

/**
 * Why a verdict was not taken: nobody asked, `by` is who asked, decided before, waits no more, too late, other terms than those shown;
 * and only then what is wrong with the code.
 */
export type ApprovalRefusal =
  | 'unknown'
  | 'requester'
  | 'decided'
  | 'over'
  | 'expired'
  | 'terms'
  | 'code_missing'
  | 'code_wrong'
  | 'code_used'
  | 'locked'

export type VerdictResult =
  | { readonly kind: 'recorded'; readonly intent: Intent }
  | {
      readonly kind: 'refused'
      readonly why: ApprovalRefusal
      readonly reason: string
      /** Ms since epoch: no code of this approver is looked at before. */
      readonly retryAtMs?: number
    }

export interface ApprovalRow {
  readonly intent: Intent
  readonly requestedAtMs: number
  readonly expiresAtMs: number
  readonly decision?: 'approved' | 'denied'
  readonly decidedBy?: string
}

/** A token as the store keeps it: its hash, never the token. */
export interface TokenRow {
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly principal: string
  /** The role at its making; what holds is the role of the principal now. */
  readonly role: Role
  readonly createdAtMs: number
  /** From then on it opens nothing. Absent: never by itself. */
  readonly expiresAtMs?: number
  readonly revokedAtMs?: number
  /** To the minute. */
  readonly lastUsedAtMs?: number
}

/**
 * Durable truth. Every method is one transaction that has either fully happened when it returns, or not at all;
 * each change of state writes its audit entry in the same transaction.
 *
 * @throws StoreError on every failure of the store; nothing was changed then.
 */
export interface Journal {
  /** Id of this open journal's instance row; fences submits of an instance that lost its lease. */
  readonly instanceId: string
  /** True where several gateways work on this store at once: what is RESERVED or SUBMITTING may be another's work under way. */
  readonly isShared?: boolean
  /**
   * Takes a lease or renews it, by the store's clock; false while another instance holds it. Absent: the store has one owner.
   *
   * @param name - What is leased, e.g. `reconcile`.
   */
  takeLease?(name: string, forMs: number): Promise<boolean>
  /**
   * Intents in RESERVED that nobody will send any more: the instance that recorded them closed, was replaced, or let the lease of its name
   * run out. Absent: the store has one owner.
   */
  listOrphans?(): Promise<readonly Intent[]>

  /**
   * Our id at the venue for a wish: a UUID made by HMAC from the deployment secret, environment, account, principal and key
   * (without a key: the intent id). The same wish always gets the same id; nobody without the secret can name it.
   */
  clientOrderIdFor(wish: {
    readonly account: string
    readonly principal: string
    readonly key?: string
    readonly intentId: string
  }): string

  /**
   * Transaction 1: idempotency, limits by conditional update, intent, decision input, audit.
   *
   * A change needs a target that is live, without a cancel under way and without another change open. It takes of each row only what
   * its claim (for an edit: the part not filled) exceeds the target's, so that target and change together count the larger of both.
   */
  recordIntent(intent: NewIntent): Promise<RecordResult>
  /** Keeps a refusal: counts for the order rate, uses up neither key nor window. */
  recordDenial(denied: DeniedIntent): Promise<Intent>
  /** Looks for an earlier wish without writing; the same rule as transaction 1. */
  findEarlier(query: {
    readonly principal: string
    readonly key?: string
    readonly termsHash: string
    readonly duplicateWindowMs: number
    readonly change?: IntentChange
    readonly wishHash?: string
  }): Promise<Extract<RecordResult, { kind: 'existing' | 'conflict' }> | undefined>

  /** Transaction 2: mode (first statement), fence, approval consumed, SUBMITTING; only then the ticket exists. */
  beginSubmit(intentId: string, times: SubmitTimes): Promise<BeginSubmitResult>

  /**
   * Transaction 3 and every later change: loads the intent, reduces, writes, adjusts reservations, audits. `edit_applied` gives the
   * target the edit's terms and reservations in the same transaction; whatever happens to a target moves what its changes hold.
   *
   * @returns The intent after the event; unchanged when the event was illegal and `ignoreIllegal` is set.
   * @throws InvariantError when the event is illegal in the intent's state.
   */
  apply(
    intentId: string,
    event: IntentEvent,
    actor: string,
    options?: { readonly ignoreIllegal?: boolean },
  ): Promise<Intent>

  /**
   * Records a person's verdict; refused for the first of the reasons of {@link ApprovalRefusal} that holds, in their order. A code that
   * let an approval through is used up in the same transaction; a wrong one is counted in its own.
   */
  decideApproval(verdict: NewVerdict): Promise<VerdictResult>
  listApprovals(filter?: { readonly pendingOnly?: boolean }): Promise<readonly ApprovalRow[]>

  /** Inserts what is new by (orderId, tradeId); returns only those. */
  recordFills(fills: readonly Fill[]): Promise<readonly Fill[]>
  /** An order that somebody placed outside Tidegate: becomes an intent of principal `external`. */
  adoptExternal(
    origin: IntentOrigin & { readonly terms: OrderTerms; readonly venueOrderId: string; readonly createdAtMs: number },
  ): Promise<Intent>

  getIntent(intentId: string): Promise<Intent | undefined>
  findByVenueOrderId(venueOrderId: string): Promise<Intent | undefined>
  findByClientOrderId(clientOrderId: string): Promise<Intent | undefined>
  /** Newest first. */
  listIntents(query?: IntentQuery): Promise<readonly Intent[]>
  /** Oldest first. */
  listFills(query?: {
    readonly productId?: string
    readonly orderId?: string
    readonly sinceMs?: number
    readonly untilMs?: number
  }): Promise<readonly Fill[]>
  decisionInput(intentId: string): Promise<string | undefined>
  /** Oldest first, from `sinceMs` on, behind the place `afterOrdinal`. */
  decisions(query: {
    readonly sinceMs?: number
    readonly afterOrdinal?: number
    readonly limit: number
  }): Promise<readonly RecordedDecision[]>

  limitUsage(rates: readonly OrderRate[]): Promise<LimitUsage>
  /** What an intent holds of each limit row. */
  reservations(intentId: string): Promise<readonly HeldReservation[]>
  modes(): Promise<readonly ModeRow[]>
  setMode(row: Omit<ModeRow, 'atMs'>): Promise<ModeRow>
  /** First writer of the day wins; returns the mark that stands. */
  markDay(mark: DayMark): Promise<DayMark>
  /** Marks of a UTC day and those after it, oldest first. */
  dayMarks(sinceDay: string): Promise<readonly DayMark[]>
  recordPolicy(version: string, text: string): Promise<void>
  /**
   * Records a change of the limits behind the one it was decided after, with its audit entry; a code that let it through is used up in the
   * same transaction, a wrong one is counted in its own, as for approvals: one code is good for one act.
   */
  changeLimits(change: NewLimitChange): Promise<LimitChangeResult>
  /** Oldest first, behind `after`; with `newest` the last one only. */
  limitChanges(query?: {
    readonly after?: number
    readonly kind?: LimitChangeKind
    readonly newest?: boolean
  }): Promise<readonly LimitChange[]>

  /** A free entry in the audit chain: configuration, attach, export. */
  audit(entry: {
    readonly actor: string
    readonly type: string
    readonly intentId?: string
    readonly body: Readonly<Record<string, unknown>>
  }): Promise<AuditEntry>
  /** Oldest first. */
  auditEntries(query: {
    readonly fromSeq?: number
    readonly intentId?: string
    readonly limit: number
  }): Promise<readonly AuditEntry[]>
  /** Recomputes the whole chain and compares it with the signed heads outside the database. */
  verifyAudit(): Promise<AuditVerdict>
  /** Copies the newest signed head outside the database, when it is not there yet. Absent where nothing is kept outside. */
  exportHead?(): Promise<void>
  /**
   * Makes a new key for the signed heads and hands the log over to it, in an entry that both keys sign. What the old one signed holds as
   * before. Absent where nothing is signed.
   *
   * @returns The entry that tells of it, and both public keys, hex.
   * @throws StoreError `ERR_STORE_IO` when the key file cannot be written: nothing was changed then.
   */
  rotateAuditKey?(by: string): Promise<{ readonly seq: number; readonly from: string; readonly to: string }>

  /**
   * Copies the store as it is at one moment, with its heads and their key, into a new folder, and checks the copy. Absent where
   * the database has tools of its own.
   *
   * @param folder - Absolute; must not exist.
   */
  backup?(folder: string): Promise<BackupReport>

  /**
   * Keeps a token's hash; the same hash again changes nothing.
   *
   * @returns False, and nothing was kept, when the principal has `maxActive` other tokens that are neither revoked nor expired.
   */
  saveToken(
    token: Pick<TokenRow, 'hash' | 'principal' | 'role' | 'createdAtMs' | 'expiresAtMs'> & {
      readonly maxActive?: number
    },
  ): Promise<boolean>
  /** Whose token it is; `undefined` when unknown, revoked, or expired by the store's clock. */
  findToken(hash: string): Promise<TokenRow | undefined>
  /** Revoked and expired ones, too; oldest first. */
  listTokens(): Promise<readonly TokenRow[]>
  /** From this commit on the token opens nothing, in any process. `undefined` when there is none, or it was revoked before. */
  revokeToken(hash: string, by: string): Promise<TokenRow | undefined>
  /** Remembers that a token was used, to the minute. */
  noteTokenUse(hash: string): Promise<void>

  close(): Promise<void>
}
