import { createHash } from 'node:crypto'
import {
  type AuditEntry,
  type Clock,
  type DayMark,
  type DeniedIntent,
  type Environment,
  type FactorRow,
  type Fill,
  holdsBesideTarget,
  type Ids,
  type Intent,
  type IntentEvent,
  type IntentOrigin,
  InvariantError,
  type Journal,
  type LimitChange,
  type Mode,
  type ModeRow,
  type OrderRate,
  type OrderTerms,
  type RecordedDecision,
  reduceIntent,
  StoreError,
  serializeTerms,
  type TokenRow,
} from '@tidegate/trading-model'
import { holdChange, openChangeOf, termsChangedBy } from './memory-changes.js'
import { countedFraction, createMemoryLimits } from './memory-limits.js'

export interface MemoryJournalOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly environment?: Environment
}

/** What all owners of one memory journal share. */
export type MemoryStore = ReturnType<typeof createMemoryStore>

/** The state behind the memory journal and the steps its methods are made of; each step belongs inside a `transaction`. */
export function createMemoryStore(options: MemoryJournalOptions) {
  const { clock, ids, environment = 'paper' } = options
  const limits = createMemoryLimits()
  const intents = new Map<string, Intent>()
  /** What repeats are recognised by; an order keeps it when an edit changes its terms. */
  const wishHashes = new Map<string, string>()
  const bookProducts = new Map<string, string>()
  const inputs = new Map<string, string>()
  const decisions: RecordedDecision[] = []
  const approvals = new Map<string, { requestedAtMs: number; decision?: 'approved' | 'denied'; decidedBy?: string }>()
  const factors = new Map<string, FactorRow>()
  const fills = new Map<string, Fill>()
  const modes = new Map<string, ModeRow>()
  const days = new Map<string, DayMark>()
  const tokens = new Map<string, TokenRow>()
  const limitChanges: LimitChange[] = []
  const audits: AuditEntry[] = []
  const failures = new Map<string, 'before' | 'after'>()
  const checks: ((method: string) => void)[] = []
  /** Grows whenever something may have become free. */
  const releases = { epoch: 0 }
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
    const hash = query.change?.wishHash ?? query.wishHash ?? query.termsHash
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
    decisions.push({
      ordinal: decisions.length + 1,
      intentId: intent.intentId,
      kind: intent.kind,
      terms,
      codes: (origin as Partial<DeniedIntent>).denials?.map((denial) => denial.code) ?? [],
      needsApproval: intent.needsApproval,
      input: origin.decisionInput,
      policyVersion: origin.policyVersion,
      atMs: intent.createdAtMs,
    })
    wishHashes.set(intent.intentId, origin.change?.wishHash ?? origin.wishHash ?? origin.termsHash)
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
    if (moved || movedToo || next.filledSize !== intent.filledSize) releases.epoch++
    intents.set(intentId, next)
    chain(actor, event.type, { from: intent.state, to: next.state }, intentId)
    if (event.type === 'edit_applied' && target) change(target.intentId, termsChangedBy(next), actor, false)
    if (next.kind !== 'edit' && (event.type === 'disowned' || event.type === 'never_accepted')) {
      const edit = openChangeOf(intents.values(), intentId)
      const reason = `its order was settled: ${event.reason}`
      if (edit?.state === 'QUARANTINED') change(edit.intentId, { type: 'edit_lost', reason }, actor, false)
    }
    return next
  }

  return {
    clock,
    ids,
    environment,
    limits,
    intents,
    bookProducts,
    inputs,
    decisions,
    approvals,
    factors,
    fills,
    modes,
    days,
    tokens,
    limitChanges,
    audits,
    failures,
    checks,
    releases,
    first,
    owners,
    transaction,
    must,
    chain,
    strictestMode,
    findEarlier,
    recent,
    build,
    insert,
    change,
  }
}

/** The hash that binds an audit entry to the one before it. */
export function hashEntry(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(
      previous + JSON.stringify([entry.seq, entry.atMs, entry.actor, entry.type, entry.intentId ?? null, entry.body]),
    )
    .digest('hex')
}
