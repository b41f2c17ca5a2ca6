import { createHash, createHmac } from 'node:crypto'
import {
  type ApprovalRow,
  type AuditEntry,
  type Clock,
  type DayMark,
  type Environment,
  type Fill,
  holdsBesideTarget,
  type Ids,
  type Intent,
  type IntentEvent,
  type IntentOrigin,
  InvariantError,
  type Journal,
  letsChangeGo,
  type Mode,
  type ModeRow,
  type OrderRate,
  type OrderTerms,
  type RecordResult,
  type Reservation,
  type Role,
  reduceIntent,
  StoreError,
  SubmitTicket,
  serializeTerms,
} from '@tidegate/trading-model'
import { claimOfChange, holdChange, openChangeOf, termsChangedBy, whyNotChanged } from './memory-changes.js'
import { countedFraction, createMemoryLimits } from './memory-limits.js'

/** What a test may look at or break beside the port. */
export interface MemoryJournal extends Journal {
  /** What every intent holds of every limit row. */
  heldBy(intentId: string): readonly { readonly reservation: Reservation; readonly held: bigint }[]
  /** All intents now, without waiting: for checks inside a commit. */
  peek(): readonly Intent[]
  /** Fails the next call of the named method: before anything changed, or after everything was committed. */
  failNext(method: keyof Journal, when: 'before' | 'after'): void
  /** Opens the same store as a new owner: this journal may no longer begin a submit. */
  reopen(): MemoryJournal
  /** Opens the same store beside the others, as one of several processes on a shared one; nobody loses a right by it. */
  join(): MemoryJournal
  /** Takes from an instance the right to submit: its lease ran out. */
  fence(instanceId: string): void
  /** Called after every commit with the name of the method: a place for invariants that must hold all the time. */
  onCommit(check: (method: string) => void): void
}

export interface MemoryJournalOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly environment?: Environment
}

/**
 * The {@link Journal} port in memory: the same rules as the SQL journal (integer limit rows, idempotency, modes, approvals,
 * release epoch, chained audit), nothing durable. Every method decides and changes within one turn, so it is atomic.
 */
export function createMemoryJournal(options: MemoryJournalOptions): MemoryJournal {
  const { clock, ids, environment = 'paper' } = options
  const limits = createMemoryLimits()
  const intents = new Map<string, Intent>()
  /** What repeats are recognised by; an order keeps it when an edit changes its terms. */
  const wishHashes = new Map<string, string>()
  const bookProducts = new Map<string, string>()
  const inputs = new Map<string, string>()
  const approvals = new Map<string, { requestedAtMs: number; decision?: 'approved' | 'denied'; decidedBy?: string }>()
  const fills = new Map<string, Fill>()
  const modes = new Map<string, ModeRow>()
  const days = new Map<string, DayMark>()
  const tokens = new Map<string, { principal: string; role: Role }>()
  const audits: AuditEntry[] = []
  const failures = new Map<string, 'before' | 'after'>()
  const checks: ((method: string) => void)[] = []
  let releaseEpoch = 0
  const first = ids.uuid()
  const owners = new Set([first])

  async function transaction<T>(method: keyof Journal, run: () => T): Promise<T> {
    await Promise.resolve()
    const failure = failures.get(method)
    failures.delete(method)
    if (failure === 'before') throw new StoreError('ERR_STORE_BUSY', `${method} failed before its commit`)
    const result = run()
    for (const check of checks) check(method)
    if (failure === 'after') throw new StoreError('ERR_STORE_BUSY', `${method} failed after its commit`)
    return result
  }

  function must(intentId: string): Intent {
    const intent = intents.get(intentId)
    if (!intent) throw new InvariantError(`No intent ${intentId} in the journal`)
    return intent
  }

  function chain(actor: string, type: string, body: Readonly<Record<string, unknown>>, intentId?: string): AuditEntry {
    const entry = {
      seq: audits.length + 1,
      atMs: clock.nowMs(),
      actor,
      type,
      ...(intentId === undefined ? {} : { intentId }),
      body: JSON.stringify(body),
    }
    const hash = hashEntry(audits.at(-1)?.hash ?? '', entry)
    audits.push({ ...entry, hash })
    return { ...entry, hash }
  }

  function strictestMode(intent: { principal: string; productId: string; bookProductId: string | undefined }): Mode {
    const scopes = ['account', `agent:${intent.principal}`, `product:${intent.productId}`]
    if (intent.bookProductId) scopes.push(`product:${intent.bookProductId}`)
    const found = scopes.map((scope) => modes.get(scope)?.mode ?? 'ACTIVE')
    return found.includes('HALTED') ? 'HALTED' : found.includes('REDUCE_ONLY') ? 'REDUCE_ONLY' : 'ACTIVE'
  }

  function findEarlier(query: Parameters<Journal['findEarlier']>[0]) {
    const mine = [...intents.values()].filter((item) => item.principal === query.principal && item.state !== 'DENIED')
    const hash = query.change?.wishHash ?? query.termsHash
    if (query.key !== undefined) {
      const intent = mine.find((item) => item.key === query.key)
      if (!intent) return undefined
      return wishHashes.get(intent.intentId) === hash
        ? { kind: 'existing' as const, intent, by: 'key' as const }
        : { kind: 'conflict' as const, intent }
    }
    const since = clock.nowMs() - query.duplicateWindowMs
    // A change repeats only the latest wish about its target: A, B, A are three.
    const { change } = query
    const latest = change && mine.findLast((item) => item.targetIntentId === change.targetIntentId)
    const intent = (change ? (latest ? [latest] : []) : mine).find(
      (item) => wishHashes.get(item.intentId) === hash && item.createdAtMs > since,
    )
    return intent ? { kind: 'existing' as const, intent, by: 'window' as const } : undefined
  }

  function recent(rate: OrderRate): { count: number; oldestAtMs?: number } {
    const since = clock.nowMs() - rate.windowMs
    const times = [...intents.values()]
      .filter((item) => item.principal !== 'external' && item.createdAtMs > since)
      .filter((item) =>
        rate.productIds
          ? rate.productIds.includes(item.terms.productId)
          : rate.scope === 'account' || rate.scope === `agent:${item.principal}`,
      )
      .map((item) => item.createdAtMs)
    return times.length === 0 ? { count: 0 } : { count: times.length, oldestAtMs: Math.min(...times) }
  }

  function build(origin: IntentOrigin, terms: OrderTerms, rest: Partial<Intent> & Pick<Intent, 'state'>): Intent {
    const nowMs = clock.nowMs()
    const { change } = origin
    const target = change && intents.get(change.targetIntentId)
    return {
      intentId: origin.intentId,
      kind: change?.kind ?? 'order',
      ...(change ? { targetIntentId: change.targetIntentId } : {}),
      ...(target ? { targetFilledSize: target.filledSize } : {}),
      clientOrderId: origin.clientOrderId,
      environment,
      account: origin.account,
      principal: origin.principal,
      ...(origin.key === undefined ? {} : { key: origin.key }),
      terms,
      termsHash: origin.termsHash,
      cancel: 'none',
      worstNotionalUsd: '0',
      needsApproval: false,
      reducesExposure: false,
      priceBand: { low: '0', high: '0' },
      filledSize: '0',
      filledValue: '0',
      totalFees: '0',
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      version: 1,
      ...rest,
    }
  }

  function insert(origin: IntentOrigin, terms: OrderTerms, rest: Partial<Intent> & Pick<Intent, 'state'>): Intent {
    const intent = build(origin, terms, rest)
    if (intents.has(intent.intentId)) throw new InvariantError(`Intent ${intent.intentId} exists already`)
    intents.set(intent.intentId, intent)
    inputs.set(intent.intentId, origin.decisionInput)
    wishHashes.set(intent.intentId, origin.change?.wishHash ?? origin.termsHash)
    chain(origin.principal, `intent_${intent.state.toLowerCase()}`, { terms: serializeTerms(terms) }, intent.intentId)
    return intent
  }

  function change(intentId: string, event: IntentEvent, actor: string, ignoreIllegal: boolean): Intent {
    const intent = must(intentId)
    const reduction = reduceIntent(intent, event, clock.nowMs())
    if (!reduction.ok) {
      if (ignoreIllegal) return intent
      throw new InvariantError(`Intent ${intentId}: ${reduction.reason}`)
    }
    const next = reduction.intent
    const target = next.targetIntentId === undefined ? undefined : intents.get(next.targetIntentId)
    if (event.type === 'terms_changed') limits.handOver(event.byIntentId, intentId)
    const moved =
      target && holdsBesideTarget(next)
        ? holdChange(limits, next, target)
        : limits.hold(intentId, reduction.heldFraction, countedFraction(next))
    const open = openChangeOf(intents.values(), intentId)
    const movedToo = open !== undefined && holdChange(limits, open, next)
    if (moved || movedToo || next.filledSize !== intent.filledSize) releaseEpoch++
    intents.set(intentId, next)
    chain(actor, event.type, { from: intent.state, to: next.state }, intentId)
    if (event.type === 'edit_applied' && target) change(target.intentId, termsChangedBy(next), actor, false)
    return next
  }

  const openAs = (instanceId: string): MemoryJournal => ({
    instanceId,
    reopen: () => {
      const next = ids.uuid()
      owners.clear()
      owners.add(next)
      return openAs(next)
    },
    join: () => {
      const next = ids.uuid()
      owners.add(next)
      return openAs(next)
    },
    fence: (other) => {
      owners.delete(other)
    },
    heldBy: (intentId) => limits.heldBy(intentId),
    peek: () => [...intents.values()],
    failNext: (method, when) => {
      failures.set(method, when)
    },
    onCommit: (check) => {
      checks.push(check)
    },

    clientOrderIdFor: ({ account, principal, key, intentId }) => {
      const wish = JSON.stringify([environment, account, principal, key ?? null, key === undefined ? intentId : null])
      const hex = createHmac('sha256', 'memory').update(wish).digest('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    },

    recordIntent: (wish) =>
      transaction('recordIntent', (): RecordResult => {
        const earlier = findEarlier(wish)
        if (earlier) return earlier
        const { order } = wish
        const mode = strictestMode({
          principal: wish.principal,
          productId: order.terms.productId,
          bookProductId: wish.bookProductId,
        })
        if (mode === 'HALTED' || (mode === 'REDUCE_ONLY' && !order.reducesExposure)) {
          return { kind: 'lost_race', what: `mode is ${mode}` }
        }
        for (const rate of wish.rates) {
          if (recent(rate).count + 1 > rate.cap) return { kind: 'lost_race', what: `order rate of ${rate.scope}` }
        }
        if (wish.releaseEpoch !== releaseEpoch) return { kind: 'lost_race', what: 'snapshot is out of date' }
        const target = wish.change && must(wish.change.targetIntentId)
        const refusal = target && whyNotChanged(intents.values(), target)
        if (refusal) return refusal
        const full = target
          ? claimOfChange(limits, wish, build(wish, order.terms, { state: 'RESERVED' }), target)
          : limits.take(wish.intentId, order.reservations)
        if (full !== undefined) return { kind: 'lost_race', what: `limit ${full}` }
        if (wish.bookProductId) bookProducts.set(wish.intentId, wish.bookProductId)
        if (order.needsApproval) approvals.set(wish.intentId, { requestedAtMs: clock.nowMs() })
        const intent = insert(wish, order.terms, {
          state: order.needsApproval ? 'AWAITING_APPROVAL' : 'RESERVED',
          worstNotionalUsd: order.worstNotionalUsd,
          needsApproval: order.needsApproval,
          reducesExposure: order.reducesExposure,
          priceBand: order.priceBand,
          ...(wish.approvalExpiresAtMs === undefined ? {} : { approvalExpiresAtMs: wish.approvalExpiresAtMs }),
        })
        return { kind: 'recorded', intent }
      }),

    recordDenial: (denied) =>
      transaction('recordDenial', () => {
        const first = denied.denials[0]
        return insert(denied, denied.terms, {
          state: 'DENIED',
          ...(first ? { outcomeCode: first.code } : {}),
          outcomeReason: denied.denials.map((denial) => denial.message).join(' '),
        })
      }),

    findEarlier: (query) => transaction('findEarlier', () => findEarlier(query)),

    beginSubmit: (intentId, times) =>
      transaction('beginSubmit', () => {
        const intent = must(intentId)
        const refused = { kind: 'refused' as const, intent }
        if (!owners.has(instanceId)) return { ...refused, why: 'fence' as const }
        if (intent.state !== 'RESERVED') return { ...refused, why: 'state' as const }
        const mode = strictestMode({
          principal: intent.principal,
          productId: intent.terms.productId,
          bookProductId: bookProducts.get(intentId),
        })
        if (mode === 'HALTED' || (mode === 'REDUCE_ONLY' && !intent.reducesExposure)) {
          return { ...refused, why: 'mode' as const, mode }
        }
        const isApproved =
          approvals.get(intentId)?.decision === 'approved' && clock.nowMs() < (intent.approvalExpiresAtMs ?? 0)
        if (intent.needsApproval && !isApproved) return { ...refused, why: 'approval' as const }
        const target = intent.targetIntentId === undefined ? undefined : must(intent.targetIntentId)
        if (target && !letsChangeGo(intent, target)) {
          return { ...refused, why: 'target' as const }
        }
        const begun = change(intentId, { type: 'submit_begun', ...times }, 'desk', false)
        const ticket = SubmitTicket.mint({
          intentId,
          clientOrderId: intent.clientOrderId,
          terms: intent.terms,
          frozenTerms: serializeTerms(intent.terms),
          signByMs: times.signByMs,
          ...(intent.kind === 'edit' && target?.venueOrderId !== undefined
            ? { targetOrderId: target.venueOrderId }
            : {}),
        })
        return { kind: 'ticket' as const, ticket, intent: begun }
      }),

    apply: (intentId, event, actor, applyOptions) =>
      transaction('apply', () => {
        if (event.type === 'terms_changed') throw new InvariantError('Terms change with their edit, never alone')
        return change(intentId, event, actor, applyOptions?.ignoreIllegal === true)
      }),

    decideApproval: (verdict) =>
      transaction('decideApproval', () => {
        const intent = intents.get(verdict.intentId)
        const refused = (reason: string) => ({ kind: 'refused' as const, reason })
        const approval = approvals.get(verdict.intentId)
        if (!intent || !approval) return refused('no approval was asked for this intent')
        if (intent.termsHash !== verdict.termsHash) return refused('the order is not the one that was shown')
        if (approval.decision) return refused(`decided before: ${approval.decision} by ${approval.decidedBy}`)
        if (verdict.by === intent.principal) return refused('the requester cannot decide on its own order')
        if (intent.state !== 'AWAITING_APPROVAL') return refused(`the intent is ${intent.state}`)
        if (clock.nowMs() >= (intent.approvalExpiresAtMs ?? 0)) return refused('the time to approve has passed')
        approval.decision = verdict.decision
        approval.decidedBy = verdict.by
        const event: IntentEvent =
          verdict.decision === 'approved'
            ? { type: 'approved', by: verdict.by }
            : { type: 'approval_denied', by: verdict.by, reason: verdict.reason ?? 'denied' }
        return { kind: 'recorded' as const, intent: change(verdict.intentId, event, verdict.by, false) }
      }),

    listApprovals: (filter) =>
      transaction('listApprovals', () =>
        [...approvals]
          .map(([intentId, approval]): ApprovalRow => {
            const intent = must(intentId)
            return { intent, expiresAtMs: intent.approvalExpiresAtMs ?? 0, ...approval }
          })
          .filter((row) => !filter?.pendingOnly || row.intent.state === 'AWAITING_APPROVAL'),
      ),

    recordFills: (batch) =>
      transaction('recordFills', () => {
        const added: Fill[] = []
        for (const fill of batch) {
          const key = `${fill.orderId}\n${fill.tradeId}`
          if (fills.has(key)) continue
          fills.set(key, fill)
          added.push(fill)
          releaseEpoch++
          chain('venue', 'fill', { orderId: fill.orderId, tradeId: fill.tradeId, baseSize: fill.baseSize.toFixed() })
        }
        return added
      }),

    adoptExternal: (origin) =>
      transaction('adoptExternal', () => {
        const known = [...intents.values()].find((item) => item.venueOrderId === origin.venueOrderId)
        if (known) return known
        return insert({ ...origin, principal: 'external' }, origin.terms, {
          state: 'ACKED',
          venueOrderId: origin.venueOrderId,
          createdAtMs: origin.createdAtMs,
        })
      }),

    getIntent: (intentId) => transaction('getIntent', () => intents.get(intentId)),
    findByVenueOrderId: (venueOrderId) =>
      transaction('findByVenueOrderId', () =>
        [...intents.values()].find((intent) => intent.venueOrderId === venueOrderId),
      ),
    findByClientOrderId: (clientOrderId) =>
      transaction('findByClientOrderId', () =>
        [...intents.values()].find((item) => item.clientOrderId === clientOrderId && item.state !== 'DENIED'),
      ),
    listIntents: (query = {}) =>
      transaction('listIntents', () =>
        [...intents.values()]
          .reverse()
          .filter((item) => !query.states || query.states.includes(item.state))
          .filter((item) => query.principal === undefined || item.principal === query.principal)
          .filter((item) => query.productId === undefined || item.terms.productId === query.productId)
          .filter((item) => query.targetIntentId === undefined || item.targetIntentId === query.targetIntentId)
          .filter((item) => inTime(item.createdAtMs, query))
          .slice(0, query.limit),
      ),
    listFills: (query = {}) =>
      transaction('listFills', () =>
        [...fills.values()]
          .filter((fill) => query.productId === undefined || fill.productId === query.productId)
          .filter((fill) => query.orderId === undefined || fill.orderId === query.orderId)
          .filter((fill) => inTime(fill.tradedAtMs, query))
          .sort((a, b) => a.tradedAtMs - b.tradedAtMs),
      ),
    decisionInput: (intentId) => transaction('decisionInput', () => inputs.get(intentId)),

    limitUsage: (rates) =>
      transaction('limitUsage', () => ({
        rows: limits.rows(),
        releaseEpoch,
        recent: rates.map((rate) => ({ scope: rate.scope, ...recent(rate) })),
      })),
    reservations: (intentId) =>
      transaction('reservations', () =>
        limits
          .heldBy(intentId)
          .map(({ reservation: { scope, window, amount }, held }) => ({ scope, window, amount, held })),
      ),
    modes: () => transaction('modes', () => [...modes.values()]),
    setMode: (row) =>
      transaction('setMode', () => {
        const stored = { ...row, atMs: clock.nowMs() }
        modes.set(row.scope, stored)
        chain(row.by, 'mode', { ...row })
        return stored
      }),
    markDay: (mark) =>
      transaction('markDay', () => {
        const stands = days.get(mark.day) ?? mark
        days.set(mark.day, stands)
        return stands
      }),
    dayMarks: (sinceDay) =>
      transaction('dayMarks', () =>
        [...days.values()].filter(({ day }) => day >= sinceDay).sort((a, b) => (a.day < b.day ? -1 : 1)),
      ),
    recordPolicy: (version, text) =>
      transaction('recordPolicy', () => {
        chain('desk', 'policy', { version, text })
      }),

    audit: (entry) => transaction('audit', () => chain(entry.actor, entry.type, entry.body, entry.intentId)),
    auditEntries: (query) =>
      transaction('auditEntries', () =>
        audits
          .filter((entry) => entry.seq >= (query.fromSeq ?? 1))
          .filter((entry) => query.intentId === undefined || entry.intentId === query.intentId)
          .slice(0, query.limit),
      ),
    verifyAudit: () =>
      transaction('verifyAudit', () => {
        let previous = ''
        for (const { hash, ...entry } of audits) {
          if (hashEntry(previous, entry) !== hash) {
            return { ok: false, entries: audits.length, head: audits.at(-1)?.hash ?? '', firstBad: entry.seq }
          }
          previous = hash
        }
        return { ok: true, entries: audits.length, head: previous }
      }),

    saveToken: (token) =>
      transaction('saveToken', () => {
        tokens.set(token.hash, { principal: token.principal, role: token.role })
      }),
    findToken: (hash) => transaction('findToken', () => tokens.get(hash)),
    close: async () => {},
  })
  return openAs(first)
}

function inTime(atMs: number, query: { readonly sinceMs?: number; readonly untilMs?: number }): boolean {
  return atMs >= (query.sinceMs ?? 0) && atMs <= (query.untilMs ?? Number.MAX_SAFE_INTEGER)
}

function hashEntry(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(
      previous + JSON.stringify([entry.seq, entry.atMs, entry.actor, entry.type, entry.intentId ?? null, entry.body]),
    )
    .digest('hex')
}
