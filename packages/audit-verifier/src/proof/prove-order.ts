import type { Entry } from '../check-chain.js'
import type { StoreSource } from '../source.js'
import { list } from '../story/told.js'
import type { Verdict } from '../verification.js'
import { type VerifyOptions, withVerified } from '../verify-audit.js'
import { type Told, tellEntry, tellFills } from './tell-entry.js'

/** One entry of the log about the order. */
export interface ProofLine extends Told {
  readonly seq: number
  readonly hash: string
  readonly atMs: number
  readonly actor: string
  readonly type: string
  /** Of which intent: the order itself, or an edit or replacement of it. */
  readonly intentId: string | null
}

/** What the log proves of one order. */
export interface Proof {
  /** The intents that are meant: the order, and what changed it. Empty: no entry that holds tells of such an order. */
  readonly intentIds: readonly string[]
  /** Every entry about it, in order; only entries that hold. */
  readonly lines: readonly ProofLine[]
  /** The check of the whole store. */
  readonly verdict: Verdict
}

/**
 * Shows what happened to one order, entry by entry, from a store that is checked on the way.
 *
 * @param options - As for {@link verifyAudit}; `id` is the intent id (the receipt), the caller's own id, the client order id, or the venue's
 * order id.
 * @throws An error with a sentence when the store is not there or cannot be opened at all.
 *
 * @example
 * const { lines, verdict } = await proveOrder({ store: 'journal.sqlite', headsFile: 'audit-heads.jsonl', id })
 * for (const { seq, hash, says } of lines) console.log(seq, hash.slice(0, 16), says)
 */
export async function proveOrder(options: VerifyOptions & { readonly id: string }): Promise<Proof> {
  const about = new OrderLines(options.id)
  const verdict = await withVerified(options, {
    before: async (source) => await about.lookUp(source),
    onEntry: (entry) => about.take(entry),
  })
  return { intentIds: [...about.intents], lines: about.lines, verdict }
}

class OrderLines {
  readonly intents = new Set<string>()
  readonly lines: ProofLine[] = []
  readonly #orders = new Set<string>()

  constructor(readonly id: string) {}

  /** The table knows the venue's id before the entry comes that tells of it; what it says is only where to look. */
  async lookUp(source: StoreSource): Promise<void> {
    for await (const rows of source.pages('intents', { orderBy: 'ordinal' })) {
      for (const row of rows) {
        const { intent_id: intentId, target_intent_id: target, venue_order_id: order } = row
        const ids = [intentId, row['client_order_id'], order, row['idempotency_key']]
        if (typeof intentId !== 'string') continue
        if (!ids.includes(this.id) && !(typeof target === 'string' && this.intents.has(target))) continue
        this.intents.add(intentId)
        // Who asks for an edit by its own id wants to see the order it changed, too.
        if (typeof target === 'string') this.intents.add(target)
      }
    }
  }

  take(entry: Entry): void {
    const { intentId, type, body } = entry
    if (type === 'fills.recorded') {
      const fills = list(body['fills']).filter((fill) => this.#orders.has(String(fill['orderId'])))
      if (fills.length > 0) this.#add(entry, tellFills(fills))
      return
    }
    if (intentId === null) return
    const isNamed = intentId === this.id || body['client_order_id'] === this.id || body['key'] === this.id
    if (isNamed || this.intents.has(String(body['target']))) this.intents.add(intentId)
    if (!this.intents.has(intentId)) return
    const event = (body['event'] ?? {}) as Entry['body']
    for (const order of [event['venueOrderId'], event['orderId'], body['venue_order_id']]) {
      if (typeof order === 'string') this.#orders.add(order)
    }
    this.#add(entry, tellEntry(entry))
  }

  #add({ seq, hash, atMs, actor, type, intentId }: Entry, told: Told): void {
    this.lines.push({ seq, hash, atMs, actor, type, intentId, ...told })
  }
}
