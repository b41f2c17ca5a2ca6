import { type Intent, InvariantError, NotFoundError, serializeTerms } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import { sha256 } from '../codec/digest.js'
import { fromIntentRow, type IntentPlace, intentRowDigest, toIntentRow } from '../codec/intent-row.js'
import type { Database } from '../sql/database.js'
import type { WriteTx } from '../write.js'

/** An intent with the columns the lifecycle does not know. */
export interface StoredIntent extends IntentPlace {
  readonly intent: Intent
}

/** Inserts a new intent and the audit entry that tells of it, at the end of the transaction. */
export async function insertIntent(
  tx: WriteTx,
  intent: Intent,
  options: {
    readonly bookProductId?: string | undefined
    readonly wishHash?: string | undefined
    readonly actor: string
    readonly type: string
    readonly body: Readonly<Record<string, unknown>>
    readonly decision: { readonly policyVersion: string; readonly input: string; readonly denials?: string }
  },
): Promise<void> {
  mustHashTo(intent)
  const ordinal = await tx.nextAuditSeq()
  const row = toIntentRow(intent, {
    ordinal,
    bookProductId: options.bookProductId ?? intent.terms.productId,
    wishHash: options.wishHash ?? intent.termsHash,
  })
  tx.later(tx.trx.insertInto('intents').values(row))
  const { policyVersion, input, denials } = options.decision
  tx.later(
    tx.trx
      .insertInto('decision_inputs')
      .values({ intent_id: intent.intentId, policy_version: policyVersion, input, denials: denials ?? null }),
  )
  await tx.audit({
    actor: options.actor,
    type: options.type,
    intentId: intent.intentId,
    body: {
      state: intent.state,
      terms: row.terms,
      client_order_id: intent.clientOrderId,
      principal: intent.principal,
      policy_version: policyVersion,
      decision_input: sha256(input),
      ...(intent.key === undefined ? {} : { key: intent.key }),
      ...(intent.targetIntentId === undefined ? {} : { kind: intent.kind, target: intent.targetIntentId }),
      ...options.body,
      row: intentRowDigest(row),
    },
  })
}

/** Writes an intent over its previous version. Returns the digest of the new row. */
export async function updateIntent(tx: WriteTx, next: Intent, before: StoredIntent): Promise<string> {
  const row = toIntentRow(next, before)
  const { numUpdatedRows } = await tx.trx
    .updateTable('intents')
    .set(row)
    .where('intent_id', '=', next.intentId)
    .where('version', '=', BigInt(before.intent.version))
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw new InvariantError(`Intent ${next.intentId} changed under its own transaction`)
  return intentRowDigest(row)
}

/** @throws NotFoundError when there is no such intent. */
export async function loadIntent(trx: Kysely<Database>, intentId: string): Promise<StoredIntent> {
  const row = await trx.selectFrom('intents').selectAll().where('intent_id', '=', intentId).executeTakeFirst()
  if (!row) throw new NotFoundError(`No intent ${intentId} in this journal`)
  return {
    intent: fromIntentRow(row),
    ordinal: Number(row.ordinal),
    bookProductId: row.book_product_id,
    wishHash: row.wish_hash,
  }
}

function mustHashTo(intent: Intent): void {
  if (sha256(serializeTerms(intent.terms)) === intent.termsHash) return
  throw new InvariantError(`The terms hash of intent ${intent.intentId} is not that of its terms`, {
    hint: 'termsHash is the SHA-256 of serializeTerms(terms), hex',
  })
}
