import type { IntentChange, RecordResult } from '@tidegate/trading-model'
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { Database } from '../sql/database.js'
import { loadIntent } from './store-intent.js'

export interface Wish {
  readonly principal: string
  readonly key?: string
  readonly termsHash: string
  readonly duplicateWindowMs: number
  readonly change?: IntentChange
  readonly wishHash?: string
}

/** What a repeat of a wish is recognised by. */
export function wishHashOf({ change, wishHash, termsHash }: Pick<Wish, 'change' | 'wishHash' | 'termsHash'>): string {
  return change?.wishHash ?? wishHash ?? termsHash
}

export type EarlierWish = Extract<RecordResult, { kind: 'existing' | 'conflict' }>

/** What a wish would repeat, as one row: for {@link judgeEarlier}. */
export interface EarlierRow {
  readonly earlier_id: string
  readonly earlier_hash: string
  readonly earlier_at_ms: bigint
}

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
  return await judgeEarlier(trx, wish, nowMs, await earlierRow(trx, wish, nowMs).executeTakeFirst())
}

/** The question after the earlier wish, to be asked alone or as part of another one. */
export function earlierRow(
  trx: Kysely<Database>,
  wish: Wish,
  nowMs: number,
): SelectQueryBuilder<Database, 'idempotency_keys' | 'intents', EarlierRow> {
  if (wish.key !== undefined) {
    return trx
      .selectFrom('idempotency_keys')
      .select(['intent_id as earlier_id', 'terms_hash as earlier_hash', 'created_at_ms as earlier_at_ms'])
      .where('principal', '=', wish.principal)
      .where('idempotency_key', '=', wish.key) as SelectQueryBuilder<
      Database,
      'idempotency_keys' | 'intents',
      EarlierRow
    >
  }
  const hash = sql<string>`coalesce(wish_hash, terms_hash)`
  const query = trx
    .selectFrom('intents')
    .select(['intent_id as earlier_id', hash.as('earlier_hash'), 'created_at_ms as earlier_at_ms'])
    .where('principal', '=', wish.principal)
    .where('state', '<>', 'DENIED')
    .orderBy('created_at_ms', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(1)
  return (
    wish.change
      ? query.where('target_intent_id', '=', wish.change.targetIntentId)
      : query.where(hash, '=', wishHashOf(wish)).where('created_at_ms', '>', BigInt(nowMs - wish.duplicateWindowMs))
  ) as SelectQueryBuilder<Database, 'idempotency_keys' | 'intents', EarlierRow>
}

/** Whether what {@link earlierRow} found is the same wish, another one under the same key, or none. */
export async function judgeEarlier(
  trx: Kysely<Database>,
  wish: Wish,
  nowMs: number,
  row: EarlierRow | undefined,
): Promise<EarlierWish | undefined> {
  if (!row) return undefined
  const isSame = row.earlier_hash === wishHashOf(wish)
  const isInWindow = row.earlier_at_ms > BigInt(nowMs - wish.duplicateWindowMs)
  if (wish.key === undefined && !(isSame && isInWindow)) return undefined
  const { intent } = await loadIntent(trx, row.earlier_id)
  if (!isSame) return { kind: 'conflict', intent }
  return { kind: 'existing', intent, by: wish.key === undefined ? 'window' : 'key' }
}
