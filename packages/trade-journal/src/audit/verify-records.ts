import { EVENT_SOURCES } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { z } from 'zod'
import { sha256 } from '../codec/digest.js'
import { intentRowDigest } from '../codec/intent-row.js'
import type { Database, IntentsTable } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import { bytesOf, textOf } from './raw-rows.js'
import type { Finding } from './verify-chain.js'

const firstTypes = ['intent.recorded', 'intent.denied', 'intent.adopted'] as const

/** Types of entries that carry the fingerprint of an intent's row; only the journal itself writes them. */
export const intentEntryTypes: readonly string[] = [
  ...firstTypes,
  ...Object.keys(EVENT_SOURCES).map((event) => `intent.${event}`),
]

const intentColumns: readonly (keyof IntentsTable)[] = [
  'intent_id',
  'ordinal',
  'client_order_id',
  'environment',
  'account',
  'principal',
  'idempotency_key',
  'product_id',
  'book_product_id',
  'terms',
  'terms_hash',
  'state',
  'cancel_state',
  'worst_notional_usd',
  'needs_approval',
  'reduces_exposure',
  'price_band_low',
  'price_band_high',
  'approval_expires_at_ms',
  'approved_by',
  'venue_order_id',
  'not_before_ms',
  'sign_by_ms',
  'filled_size',
  'filled_value',
  'total_fees',
  'average_filled_price',
  'outcome_code',
  'outcome_reason',
  'created_at_ms',
  'updated_at_ms',
  'version',
  'kind',
  'target_intent_id',
  'target_filled_size',
  'wish_hash',
]
const integers: ReadonlySet<string> = new Set([
  'ordinal',
  'needs_approval',
  'reduces_exposure',
  'approval_expires_at_ms',
  'not_before_ms',
  'sign_by_ms',
  'created_at_ms',
  'updated_at_ms',
  'version',
])

const fingerprint = z.object({ row: z.string(), decision_input: z.string().optional() })

/** Compares one page of intents, by ordinal, with what the audit log says of them. */
export async function verifyIntents(
  trx: Kysely<Database>,
  options: { readonly afterOrdinal: bigint; readonly pageSize: number; readonly dialect: SqlDialectName },
): Promise<{ readonly lastOrdinal?: bigint; readonly finding?: Finding }> {
  const { afterOrdinal, pageSize, dialect } = options
  const rows = await trx
    .selectFrom('intents')
    .select(intentColumns.map((c) => (integers.has(c) ? sql.ref(c).as(c) : bytesOf(c, dialect).as(c))))
    .where('ordinal', '>', afterOrdinal)
    .orderBy('ordinal')
    .limit(pageSize)
    .execute()
  let lastOrdinal: bigint | undefined
  for (const row of rows as Record<string, unknown>[]) {
    const finding = await badIntent(trx, row, dialect)
    if (finding) return { finding }
    lastOrdinal = row['ordinal'] as bigint
  }
  return lastOrdinal === undefined ? {} : { lastOrdinal }
}

async function badIntent(
  trx: Kysely<Database>,
  raw: Readonly<Record<string, unknown>>,
  dialect: SqlDialectName,
): Promise<Finding | undefined> {
  const row = Object.fromEntries(
    intentColumns.map((column) => [column, integers.has(column) ? raw[column] : textOf(raw[column])]),
  )
  const id = String(row['intent_id'])
  const first = await entryBody(bodies(trx, dialect), (q) => q.where('seq', '=', raw['ordinal'] as bigint))
  const latest = await entryBody(bodies(trx, dialect), (q) =>
    q
      .where('intent_id', '=', id)
      .where('type', 'in', [...intentEntryTypes])
      .orderBy('seq', 'desc')
      .limit(1),
  )
  if (!first || !latest) return { problem: `intent ${id} is not in the audit log` }
  if (latest.row !== intentRowDigest(row)) return { problem: `intent ${id} is not as the audit log left it` }
  const input = await trx
    .selectFrom('decision_inputs')
    .select(bytesOf('input', dialect).as('input'))
    .where('intent_id', '=', id)
    .executeTakeFirst()
  return first.decision_input === sha256(textOf(input?.input ?? null) ?? '')
    ? undefined
    : { problem: `the decision input of intent ${id} is not the one that was recorded` }
}

async function entryBody(
  all: ReturnType<typeof bodies>,
  narrow: (query: ReturnType<typeof bodies>) => ReturnType<typeof bodies>,
): Promise<z.infer<typeof fingerprint> | undefined> {
  const row = await narrow(all).executeTakeFirst()
  const text = textOf(row?.body ?? null)
  if (typeof text !== 'string') return undefined
  try {
    return fingerprint.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function bodies(trx: Kysely<Database>, dialect: SqlDialectName) {
  return trx.selectFrom('audit').select(bytesOf('body', dialect).as('body'))
}

/** Intents that the log tells of and the table lacks; limit rows that are not the sum of their reservations. */
export async function verifyLedger(trx: Kysely<Database>): Promise<Finding | undefined> {
  const told = await trx
    .selectFrom('audit')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('type', 'in', [...firstTypes])
    .executeTakeFirstOrThrow()
  const kept = await trx
    .selectFrom('intents')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  if (told.count !== kept.count) {
    return { problem: `the log tells of ${told.count} intents, the store has ${kept.count}` }
  }
  const held = await trx
    .selectFrom('reservations')
    .select((e) => ['scope', 'window_id', e.fn.sum<bigint>('remaining').as('remaining')])
    .where('remaining', '>', 0n)
    .groupBy(['scope', 'window_id'])
    .execute()
  const rows = await trx.selectFrom('limit_rows').select(['scope', 'window_id', 'used']).execute()
  const sums = new Map(held.map((row) => [JSON.stringify([row.scope, row.window_id]), row.remaining]))
  for (const { scope, window_id, used } of rows) {
    const id = JSON.stringify([scope, window_id])
    const sum = sums.get(id) ?? 0n
    sums.delete(id)
    if (used !== sum) {
      return { problem: `limit row ${scope} (${window_id}) says ${used} used, its reservations hold ${sum}` }
    }
  }
  const [orphan] = sums.keys()
  return orphan === undefined ? undefined : { problem: `reservations of ${orphan} have no limit row` }
}
