import {
  deserializeTerms,
  INTENT_KINDS,
  type IntentKind,
  type RecordedDecision,
  StoreError,
} from '@tidegate/trading-model'
import { z } from 'zod'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

const denials = z.array(z.object({ code: z.string() }))
const firstEntry = z.object({ terms: z.string(), kind: z.enum(INTENT_KINDS).default('order') })

/**
 * Recorded decisions oldest first. Terms and kind are those of the decision: where a later edit or a person changed the row, the
 * first entry of the audit tells what stood there before.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT`: a row or its entry cannot be read.
 */
export async function listDecisions(
  ctx: JournalContext,
  query: { readonly sinceMs?: number; readonly afterOrdinal?: number; readonly limit: number },
): Promise<readonly RecordedDecision[]> {
  const rows = await read(ctx, async (trx) => {
    let select = trx
      .selectFrom('intents')
      .innerJoin('decision_inputs', 'decision_inputs.intent_id', 'intents.intent_id')
      .select([
        'intents.ordinal',
        'intents.intent_id',
        'intents.kind',
        'intents.terms',
        'intents.terms_hash',
        'intents.wish_hash',
        'intents.needs_approval',
        'intents.created_at_ms',
        'decision_inputs.input',
        'decision_inputs.policy_version',
        'decision_inputs.denials',
      ])
      .where('intents.ordinal', '>', BigInt(query.afterOrdinal ?? 0))
      .orderBy('intents.ordinal')
      .limit(query.limit)
    if (query.sinceMs !== undefined) select = select.where('intents.created_at_ms', '>=', BigInt(query.sinceMs))
    const found = await select.execute()
    const changed = found.filter((row) => row.kind === 'order' && row.wish_hash !== row.terms_hash)
    const entries =
      changed.length === 0
        ? []
        : await trx
            .selectFrom('audit')
            .select(['intent_id', 'body'])
            .where('type', 'in', ['intent.recorded', 'intent.denied', 'intent.adopted'])
            .where(
              'intent_id',
              'in',
              changed.map((row) => row.intent_id),
            )
            .execute()
    const firsts = new Map(entries.map((entry) => [entry.intent_id, entry.body]))
    return found.map((row) => ({ ...row, first: firsts.get(row.intent_id) }))
  })
  return rows.map((row) => ({
    ordinal: Number(row.ordinal),
    intentId: row.intent_id,
    ...asDecided(row),
    codes: row.denials === null ? [] : readJson(row.intent_id, denials, row.denials).map(({ code }) => code),
    needsApproval: row.needs_approval === 1n,
    input: row.input,
    policyVersion: row.policy_version,
    atMs: Number(row.created_at_ms),
  }))
}

function asDecided(row: {
  readonly intent_id: string
  readonly kind: string
  readonly terms: string
  readonly first: string | undefined
}): Pick<RecordedDecision, 'kind' | 'terms'> {
  if (row.first === undefined) return { kind: row.kind as IntentKind, terms: deserializeTerms(row.terms) }
  const { kind, terms } = readJson(row.intent_id, firstEntry, row.first)
  return { kind, terms: deserializeTerms(terms) }
}

function readJson<T>(intentId: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new StoreError('ERR_STORE_CORRUPT', `The decision about intent ${intentId} cannot be read`, { cause: error })
  }
}
