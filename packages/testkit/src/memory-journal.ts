import { createHmac } from 'node:crypto'
import {
  type Intent,
  InvariantError,
  type Journal,
  letsChangeGo,
  type RecordResult,
  type Reservation,
  SubmitTicket,
  serializeTerms,
} from '@tidegate/trading-model'
import { approvalsOf } from './memory-approvals.js'
import { claimOfChange, whyNotChanged } from './memory-changes.js'
import { limitChangesOf } from './memory-limit-changes.js'
import { queriesOf } from './memory-queries.js'
import { recordsOf } from './memory-records.js'
import { createMemoryStore, type MemoryJournalOptions } from './memory-store.js'

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

/**
 * The {@link Journal} port in memory: the same rules as the SQL journal (integer limit rows, idempotency, modes, approvals,
 * release epoch, chained audit), nothing durable. Every method decides and changes within one turn, so it is atomic.
 */
export function createMemoryJournal(options: MemoryJournalOptions): MemoryJournal {
  const store = createMemoryStore(options)
  const { approvals, bookProducts, build, change, checks, clock, environment, failures, findEarlier, first } = store
  const { ids, insert, intents, limits, must, owners, recent, releases, strictestMode, transaction } = store

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
        if (wish.releaseEpoch !== releases.epoch) return { kind: 'lost_race', what: 'snapshot is out of date' }
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
        const { notBeforeMs, signByMs } = times
        const begun = change(intentId, { type: 'submit_begun', notBeforeMs, signByMs }, 'desk', false)
        const ticket = SubmitTicket.mint({
          intentId,
          clientOrderId: intent.clientOrderId,
          terms: intent.terms,
          frozenTerms: serializeTerms(intent.terms),
          signFromMs: times.signFromMs,
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

    ...approvalsOf(store),
    ...limitChangesOf(store),
    ...queriesOf(store),
    ...recordsOf(store),
    close: async () => {},
  })
  return openAs(first)
}
