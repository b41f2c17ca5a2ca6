import type { Entry } from '../check-chain.js'
import { sha256 } from '../entry-format.js'
import { type ToldRow, text } from './told.js'

/** Follows requests for approval: asked, decided, used, given back. */
export class ApprovalStory {
  readonly #rows = new Map<string, ToldRow>()

  /** What the log says of every request, by intent. */
  rows(): ReadonlyMap<string, ToldRow> {
    return this.#rows
  }

  /** An intent that was recorded waiting asks for approval. */
  tellRecorded({ intentId, seq, atMs, body }: Entry): void {
    if (intentId === null || body['state'] !== 'AWAITING_APPROVAL') return
    this.#rows.set(intentId, {
      seq,
      columns: {
        terms_hash: sha256(text(body['terms'])),
        requested_by: text(body['principal']),
        requested_at_ms: atMs,
        decision: null,
        decided_by: null,
        decided_at_ms: null,
        reason: null,
        consumed_at_ms: null,
      },
    })
  }

  /** Any later entry of an intent. */
  tellChange({ intentId, seq, atMs, type, body }: Entry): void {
    const before = intentId === null ? undefined : this.#rows.get(intentId)
    if (!before || intentId === null) return
    const change = changeOf(type, body, atMs, before.columns['decision'] === null)
    if (change) this.#rows.set(intentId, { seq, columns: { ...before.columns, ...change } })
  }
}

function changeOf(
  type: string,
  body: Entry['body'],
  atMs: number,
  isUndecided: boolean,
): ToldRow['columns'] | undefined {
  const event = (body['event'] ?? {}) as Entry['body']
  const decided = {
    decided_by: text(event['by']),
    decided_at_ms: atMs,
    reason: text(event['reason'] ?? body['reason']),
  }
  if (type === 'intent.approved' && isUndecided) return { decision: 'approved', ...decided }
  if (type === 'intent.approval_denied' && isUndecided) return { decision: 'denied', ...decided }
  if (type === 'intent.submit_begun' && body['approval'] === 'consumed') return { consumed_at_ms: atMs }
  if (type === 'intent.not_sent') return { consumed_at_ms: null }
  return undefined
}
