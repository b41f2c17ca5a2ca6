import {
  type ApprovedOrder,
  type Fill,
  type Intent,
  type IntentEvent,
  type Journal,
  type Mode,
  type ModeRow,
  type NewIntent,
  type Reservation,
  reduceIntent,
} from '@tidegate/trading-model'

/** What the judge knows of one intent, from the transactions that he saw commit. */
export interface ShadowIntent {
  intent: Intent
  /** As recorded, before anything happened to it. */
  readonly first: Intent
  /** Whole claims; an edit that came true gives its order its own. */
  reservations: readonly Reservation[]
  readonly wish: NewIntent | undefined
  readonly order: ApprovedOrder | undefined
  /** Committed events in order, with the time each left behind. */
  readonly events: { readonly event: IntentEvent; readonly atMs: number; readonly from: Intent['state'] }[]
  approval: { readonly decision: 'approved' | 'denied'; readonly by: string; readonly atMs: number } | undefined
  /** Tickets minted, and how many of them surely never left. */
  tickets: number
  unsent: number
  lastTicketAtMs: number
  readonly recordedBy: string
  /** By the world's clock, whatever the process took it for. */
  readonly recordedAtMs: number
}

/** The judge's own record of the store: everything that committed, nothing that was only said. */
export interface Shadow {
  readonly intents: ReadonlyMap<string, ShadowIntent>
  readonly fills: ReadonlyMap<string, Fill>
  readonly modes: ReadonlyMap<string, ModeRow>
  byClientOrderId(clientOrderId: string): ShadowIntent | undefined
  /** The order's own intent, by the venue's id. */
  byVenueOrderId(orderId: string): ShadowIntent | undefined
  /** Edits and replacements of an intent, oldest first. */
  changesOf(intentId: string): readonly ShadowIntent[]
  /** Strictest mode over an order's scopes. */
  modeFor(intent: Intent, bookProductId: string): Mode
  /** Takes a committed transaction in; returns the intent it changed, if any. */
  commit(
    by: string,
    method: keyof Journal,
    args: readonly unknown[],
    result: unknown,
    nowMs: number,
  ): ShadowIntent | undefined
}

/** @returns An empty record. */
export function createShadow(): Shadow {
  const intents = new Map<string, ShadowIntent>()
  const byClientId = new Map<string, ShadowIntent>()
  const fills = new Map<string, Fill>()
  const modes = new Map<string, ModeRow>()

  const changes = new Map<string, ShadowIntent[]>()

  function add(intent: Intent, by: string, atMs: number, wish?: NewIntent): ShadowIntent {
    const entry: ShadowIntent = {
      intent,
      first: intent,
      reservations: wish?.order.reservations ?? [],
      wish,
      order: wish?.order,
      events: [],
      approval: undefined,
      tickets: 0,
      unsent: 0,
      lastTicketAtMs: 0,
      recordedBy: by,
      recordedAtMs: atMs,
    }
    intents.set(intent.intentId, entry)
    if (intent.state === 'DENIED') return entry
    byClientId.set(intent.clientOrderId, entry)
    if (intent.targetIntentId !== undefined) {
      changes.set(intent.targetIntentId, [...(changes.get(intent.targetIntentId) ?? []), entry])
    }
    return entry
  }

  function note(after: Intent, event: IntentEvent): ShadowIntent | undefined {
    const entry = intents.get(after.intentId)
    // Unchanged: the event was illegal and was passed over.
    if (!entry || after.version === entry.intent.version) return entry
    entry.events.push({ event, atMs: after.updatedAtMs, from: entry.intent.state })
    entry.intent = after
    if (after.state === 'APPLIED') giveTerms(entry)
    if (event.type === 'disowned' || event.type === 'never_accepted') endQuarantinedEdit(entry, event.reason)
    return entry
  }

  /** A person settled an order: its quarantined edit ends with it; the store does it in the same transaction. */
  function endQuarantinedEdit({ intent: target }: ShadowIntent, reason: string): void {
    if (target.kind === 'edit') return
    const edit = changes.get(target.intentId)?.find(({ intent }) => intent.state === 'QUARANTINED')
    if (edit?.intent.kind !== 'edit') return
    const event: IntentEvent = { type: 'edit_lost', reason: `its order was settled: ${reason}` }
    const step = reduceIntent(edit.intent, event, target.updatedAtMs)
    if (!step.ok) return
    edit.events.push({ event, atMs: target.updatedAtMs, from: edit.intent.state })
    edit.intent = step.intent
  }

  /** The order's side of an edit that came true; the store does it in the same transaction. */
  function giveTerms({ intent: edit, reservations }: ShadowIntent): void {
    const target = intents.get(edit.targetIntentId ?? '')
    if (!target) return
    const { intentId, terms, termsHash, worstNotionalUsd, reducesExposure, priceBand } = edit
    const values = { terms, termsHash, worstNotionalUsd, reducesExposure, priceBand }
    const event: IntentEvent = { type: 'terms_changed', byIntentId: intentId, ...values }
    const step = reduceIntent(target.intent, event, edit.updatedAtMs)
    if (!step.ok) return
    target.events.push({ event, atMs: edit.updatedAtMs, from: target.intent.state })
    target.intent = step.intent
    target.reservations = reservations
  }

  return {
    intents,
    fills,
    modes,
    byClientOrderId: (clientOrderId) => byClientId.get(clientOrderId),
    byVenueOrderId: (orderId) => [...intents.values()].find(({ intent }) => intent.venueOrderId === orderId),
    changesOf: (intentId) => changes.get(intentId) ?? [],
    modeFor(intent, bookProductId) {
      const scopes = [
        'account',
        `agent:${intent.principal}`,
        `product:${intent.terms.productId}`,
        `product:${bookProductId}`,
      ]
      const found = scopes.map((scope) => modes.get(scope)?.mode ?? 'ACTIVE')
      return found.includes('HALTED') ? 'HALTED' : found.includes('REDUCE_ONLY') ? 'REDUCE_ONLY' : 'ACTIVE'
    },
    commit(by, method, args, result, nowMs) {
      // Reads change nothing, whatever they are called.
      switch (method as string) {
        case 'recordIntent': {
          const recorded = result as Awaited<ReturnType<Journal['recordIntent']>>
          return recorded.kind === 'recorded' ? add(recorded.intent, by, nowMs, args[0] as NewIntent) : undefined
        }
        case 'recordDenial':
          return add(result as Intent, by, nowMs)
        case 'adoptExternal': {
          const intent = result as Intent
          return intents.get(intent.intentId) ?? add(intent, by, nowMs)
        }
        case 'beginSubmit': {
          const begun = result as Awaited<ReturnType<Journal['beginSubmit']>>
          if (begun.kind !== 'ticket') return undefined
          const times = args[1] as { readonly notBeforeMs: number; readonly signByMs: number }
          const entry = note(begun.intent, { type: 'submit_begun', ...times })
          if (entry) {
            entry.tickets++
            entry.lastTicketAtMs = nowMs
          }
          return entry
        }
        case 'apply': {
          const event = args[1] as IntentEvent
          const entry = note(result as Intent, event)
          // What a person took over as the venue shows it is nobody's wish, and claims nothing of ours.
          if (entry && event.type === 'disowned') entry.reservations = []
          if (entry && event.type === 'not_sent' && entry.intent.state === 'RESERVED') entry.unsent++
          return entry
        }
        case 'decideApproval': {
          const answer = result as Awaited<ReturnType<Journal['decideApproval']>>
          if (answer.kind !== 'recorded') return undefined
          const verdict = args[0] as Parameters<Journal['decideApproval']>[0]
          const entry = note(
            answer.intent,
            verdict.decision === 'approved'
              ? { type: 'approved', by: verdict.by }
              : { type: 'approval_denied', by: verdict.by, reason: answer.intent.outcomeReason ?? '' },
          )
          if (entry) entry.approval = { decision: verdict.decision, by: verdict.by, atMs: nowMs }
          return entry
        }
        case 'recordFills':
          for (const fill of result as readonly Fill[]) fills.set(`${fill.orderId} ${fill.tradeId}`, fill)
          return undefined
        case 'setMode': {
          const row = result as ModeRow
          modes.set(row.scope, row)
          return undefined
        }
        default:
          return undefined
      }
    },
  }
}
