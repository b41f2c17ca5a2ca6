import type { Field } from '../field.js'
import { openSource } from '../verify-audit.js'

/** An entry as it is stored, with what is needed to check it: see the README for what the hash is taken over. */
export interface ExportedEntry {
  readonly seq: Field
  readonly at_ms: Field
  readonly actor: Field
  readonly type: Field
  readonly intent_id: Field
  /** Canonical JSON text. */
  readonly body: Field
  readonly prev: Field
  readonly hash: Field
}

/**
 * Every stored entry after `afterSeq`, oldest first, as it stands: for a copy somewhere else, or a tool of somebody else's. Checks
 * nothing.
 *
 * @throws An error with a sentence when the store is not there or cannot be opened.
 *
 * @example
 * for await (const entry of entriesOf({ store: 'journal.sqlite' })) console.log(JSON.stringify(entry))
 */
export async function* entriesOf(options: {
  readonly store: string
  readonly afterSeq?: number
}): AsyncGenerator<ExportedEntry> {
  const source = await openSource(options.store)
  try {
    if (!source.viewHoldsUp) await source.hold()
    const after = options.afterSeq === undefined ? {} : { afterNumber: options.afterSeq }
    for await (const rows of source.pages('audit', { ...after, orderBy: 'seq' })) {
      for (const { seq, at_ms, actor, type, intent_id, body, prev, hash } of rows) {
        yield { seq, at_ms, actor, type, intent_id, body, prev, hash }
      }
    }
  } finally {
    await source.close()
  }
}
