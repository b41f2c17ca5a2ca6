import type { IntentChange, RecordResult } from '@tidegate/trading-model'
import { type Kysely, sql } from 'kysely'
import { fromIntentRow } from '../codec/intent-row.js'
import type { Database } from '../sql/database.js'
import { loadIntent } from './store-intent.js'

export interface Wish {
  readonly principal: string
  readonly key?: string
  readonly termsHash: string
  readonly duplicateWindowMs: number
  readonly change?: IntentChange
}

export type EarlierWish = Extract<RecordResult, { kind: 'existing' | 'conflict' }>

/**
 * Looks for the same wish. With a key: the intent that used it, for ever. Without: the latest intent of the principal with
 * the same terms, less than `duplicateWindowMs` old. Denied intents are no earlier wish; refused approvals and rejections are.
 * A change repeats only the latest wish about its target: price A, price B, price A are three.
 */
export async function findEarlierWish(
  trx: Kysely<Database>,
  wish: Wish,
  nowMs: number,
): Promise<EarlierWish | undefined> {
  const wishHash = wish.change?.wishHash ?? wish.termsHash
  if (wish.key !== undefined) {
    const used = await trx
      .selectFrom('idempotency_keys')
      .select(['intent_id', 'terms_hash'])
      .where('principal', '=', wish.principal)
      .where('idempotency_key', '=', wish.key)
      .executeTakeFirst()
    if (!used) return undefined
    const { intent } = await loadIntent(trx, used.intent_id)
    return used.terms_hash === wishHash ? { kind: 'existing', intent, by: 'key' } : { kind: 'conflict', intent }
  }
  const since = BigInt(nowMs - wish.duplicateWindowMs)
  let query = trx.selectFrom('intents').selectAll().where('principal', '=', wish.principal)
  query = wish.change
    ? query.where('target_intent_id', '=', wish.change.targetIntentId)
    : query.where(sql`coalesce(wish_hash, terms_hash)`, '=', wishHash).where('created_at_ms', '>', since)
  const same = await query
    .where('state', '<>', 'DENIED')
    .orderBy('created_at_ms', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst()
  const isSame = same && (same.wish_hash ?? same.terms_hash) === wishHash && same.created_at_ms > since
  return isSame ? { kind: 'existing', intent: fromIntentRow(same), by: 'window' } : undefined
}
