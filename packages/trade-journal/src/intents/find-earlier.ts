import type { RecordResult } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import { fromIntentRow } from '../codec/intent-row.js'
import type { Database } from '../sql/database.js'
import { loadIntent } from './store-intent.js'

export interface Wish {
  readonly principal: string
  readonly key?: string
  readonly termsHash: string
  readonly duplicateWindowMs: number
}

export type EarlierWish = Extract<RecordResult, { kind: 'existing' | 'conflict' }>

/**
 * Looks for the same wish. With a key: the intent that used it, for ever. Without: the latest intent of the principal with
 * the same terms, less than `duplicateWindowMs` old. Denied intents are no earlier wish; refused approvals and rejections are.
 */
export async function findEarlierWish(
  trx: Kysely<Database>,
  wish: Wish,
  nowMs: number,
): Promise<EarlierWish | undefined> {
  if (wish.key !== undefined) {
    const used = await trx
      .selectFrom('idempotency_keys')
      .select(['intent_id', 'terms_hash'])
      .where('principal', '=', wish.principal)
      .where('idempotency_key', '=', wish.key)
      .executeTakeFirst()
    if (!used) return undefined
    const { intent } = await loadIntent(trx, used.intent_id)
    return used.terms_hash === wish.termsHash ? { kind: 'existing', intent, by: 'key' } : { kind: 'conflict', intent }
  }
  const same = await trx
    .selectFrom('intents')
    .selectAll()
    .where('principal', '=', wish.principal)
    .where('terms_hash', '=', wish.termsHash)
    .where('created_at_ms', '>', BigInt(nowMs - wish.duplicateWindowMs))
    .where('state', '<>', 'DENIED')
    .orderBy('created_at_ms', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst()
  return same ? { kind: 'existing', intent: fromIntentRow(same), by: 'window' } : undefined
}
