import { StoreError } from '@tidegate/trading-model'
import { Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { Pool } from 'pg'
import type { Database } from './database.js'
import type { Begun, Engine, Locks } from './engine.js'
import { postgresDialect } from './postgres-dialect.js'

/** Arbitrary, ours: two gateways that open the same empty database make one store. */
const openingLock = 7_461_321_001n

/** Share locks do not queue behind who waits to change a row; who passes here does. */
const modeTurnstile = 7_461_321_002n

/** Scope rows live among the limit rows, under a window that no limit has. */
const lockWindow = ''

/**
 * One PostgreSQL database, shared by any number of gateways. Rows are locked in one order everywhere: mode, scopes, intent,
 * limit rows (sorted), release epoch, audit head.
 */
export function postgresEngine(pool: Pool, name: string): Engine {
  const db = new Kysely<Database>({ dialect: postgresDialect(pool, name) })
  return {
    dialect: 'postgres',
    driver: 'pg',
    name,
    db,
    async lockForOpening(trx) {
      await sql`select pg_advisory_xact_lock(${openingLock})`.execute(trx)
    },
    begin: async (trx, locks) => await takeLocks(trx, locks, name),
    nowMs: async (trx) => (await markTransaction(trx)).nowMs,
    didCommit: async (mark) => await didCommit(db, mark, name),
    close: async () => await pool.end(),
  }
}

/** The last lock and the time are one trip: the time is read when the row is ours. */
async function takeLocks(trx: Transaction<Database>, locks: Locks, name: string): Promise<Begun> {
  if (locks.modes) {
    await passTurnstile(trx, locks.modes)
    const row = trx.selectFrom('modes').select('scope').where('scope', '=', 'account')
    const locked = await (locks.modes === 'share' ? row.forShare() : row.forUpdate()).executeTakeFirst()
    if (!locked) throw new StoreError('ERR_STORE_CORRUPT', `${name} lost its mode row`)
  }
  const scopes = [...new Set(locks.scopes)].map((scope) => `rate:${scope}`).sort()
  const begun = scopes.length > 0 ? await lockScopes(trx, scopes) : undefined
  if (locks.intentId !== undefined) return await markTransaction(trx, intentRows(locks.intentId))
  return begun ?? (await markTransaction(trx))
}

/** The intent with the one it changes and those that change it: what happens to one moves what the others hold. */
function intentRows(id: string): RawBuilder<unknown> {
  return sql`
    select intent_id from intents where intent_id in (
      select ${id} union select target_intent_id from intents where intent_id = ${id} and target_intent_id is not null
      union select intent_id from intents where target_intent_id = ${id}
    ) order by intent_id for update`
}

/**
 * Without it a stream of submits, each sharing the mode row with the last, would keep a kill switch waiting for ever. The switch
 * holds the turnstile to its commit; a submit only goes through it, and is then held by the row.
 */
async function passTurnstile(trx: Transaction<Database>, how: 'share' | 'update'): Promise<void> {
  if (how === 'update') await sql`select pg_advisory_xact_lock(${modeTurnstile})`.execute(trx)
  else {
    await sql`select pg_advisory_lock_shared(${modeTurnstile}), pg_advisory_unlock_shared(${modeTurnstile})`.execute(
      trx,
    )
  }
}

async function lockScopes(trx: Transaction<Database>, scopes: readonly string[]): Promise<Begun> {
  const rows = sql`
    select scope from limit_rows where window_id = ${lockWindow} and scope in (${sql.join(scopes)}) order by scope for update`
  const begun = await markTransaction(trx, rows)
  if (begun.locked === scopes.length) return begun
  await trx
    .insertInto('limit_rows')
    .values(scopes.map((scope) => ({ scope, window_id: lockWindow, used: 0n, cap: 0n, updated_at_ms: 0n })))
    .onConflict((conflict) => conflict.columns(['scope', 'window_id']).doNothing())
    .execute()
  return await markTransaction(trx, rows)
}

/**
 * Locks rows and reads the time afterwards, in one statement: the count is known when the last of them is locked.
 * `clock_timestamp()`, not `now()`: that is the time the transaction began, before it waited for its locks.
 */
async function markTransaction(
  trx: Transaction<Database>,
  lockedRows: RawBuilder<unknown> = sql`select 1`,
): Promise<Begun & { readonly locked: number }> {
  const { rows } = await sql<{ locked: bigint; now_ms: bigint; xid: string | null }>`
    select held.locked, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms,
      case when current_setting('transaction_read_only') = 'off' then pg_current_xact_id()::text end as xid
    from (select count(*) as locked from (${lockedRows}) as locked_rows) as held`.execute(trx)
  const [row] = rows
  if (!row) throw new StoreError('ERR_STORE_IO', 'The database has no time')
  return { locked: Number(row.locked), nowMs: Number(row.now_ms), ...(row.xid === null ? {} : { mark: row.xid }) }
}

async function didCommit(db: Kysely<Database>, mark: string | undefined, name: string): Promise<boolean> {
  if (mark === undefined) return false
  for (let asked = 0; asked < 100; asked++) {
    const { rows } = await sql<{ status: string | null }>`select pg_xact_status(${mark}::xid8) as status`.execute(db)
    if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed'
    // Its session is still ending; the question itself may wait for it, without a timer of ours.
    await sql`select pg_sleep(0.05)`.execute(db)
  }
  throw new StoreError('ERR_STORE_IO', `${name} does not say whether the last change was made`, {
    hint: 'read the order again; the same key or the reconciliation resolves it',
  })
}
