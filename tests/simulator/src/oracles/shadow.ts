import type {
  ApprovedOrder,
  DeniedIntent,
  Fill,
  Intent,
  IntentEvent,
  Journal,
  Mode,
  ModeRow,
  NewIntent,
  Reservation,
} from '@tidegate/trading-model'

/** What the judge knows of one intent, from the transactions that he saw commit. */
export interface ShadowIntent {
  intent: Intent
  /** As recorded, before anything happened to it. */
  readonly first: Intent
  readonly reservations: readonly Reservation[]
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
}

/** The judge's own record of the store: everything that committed, nothing that was only said. */
export interface Shadow {
  readonly intents: ReadonlyMap<string, ShadowIntent>
  readonly fills: ReadonlyMap<string, Fill>
  readonly modes: ReadonlyMap<string, ModeRow>
  byClientOrderId(clientOrderId: string): ShadowIntent | undefined
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

  function add(intent: Intent, by: string, wish?: NewIntent): ShadowIntent {
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
    }
    intents.set(intent.intentId, entry)
    if (intent.state !== 'DENIED') byClientId.set(intent.clientOrderId, entry)
    return entry
  }

  function note(after: Intent, event: IntentEvent): ShadowIntent | undefined {
    const entry = intents.get(after.intentId)
    // Unchanged: the event was illegal and was passed over.
    if (!entry || after.version === entry.intent.version) return entry
    entry.events.push({ event, atMs: after.updatedAtMs, from: entry.intent.state })
    entry.intent = after
    return entry
  }

  return {
    intents,
    fills,
    modes,
    byClientOrderId: (clientOrderId) => byClientId.get(clientOrderId),
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
          return recorded.kind === 'recorded' ? add(recorded.intent, by, args[0] as NewIntent) : undefined
        }
        case 'recordDenial':
          return add(result as Intent, by, undefined as unknown as NewIntent & DeniedIntent)
        case 'adoptExternal': {
          const intent = result as Intent
          return intents.get(intent.intentId) ?? add(intent, by)
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
