import { StoreError } from '@tidegate/trading-model'
import { Kysely, sql, type Transaction } from 'kysely'
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
    async begin(trx, locks) {
      await takeLocks(trx, locks, name)
      return await markTransaction(trx)
    },
    nowMs: async (trx) => (await markTransaction(trx)).nowMs,
    didCommit: async (mark) => await didCommit(db, mark, name),
    close: async () => await pool.end(),
  }
}

async function takeLocks(trx: Transaction<Database>, locks: Locks, name: string): Promise<void> {
  if (locks.modes) {
    await passTurnstile(trx, locks.modes)
    const row = trx.selectFrom('modes').select('scope').where('scope', '=', 'account')
    const locked = await (locks.modes === 'share' ? row.forShare() : row.forUpdate()).executeTakeFirst()
    if (!locked) throw new StoreError('ERR_STORE_CORRUPT', `${name} lost its mode row`)
  }
  for (const scope of [...new Set(locks.scopes)].sort()) await lockScope(trx, scope)
  if (locks.intentId !== undefined) {
    await lockIntent(trx, locks.intentId)
  }
}

/** The intent with the one it changes and those that change it: what happens to one moves what the others hold. */
async function lockIntent(trx: Transaction<Database>, id: string): Promise<void> {
  await sql`
    select intent_id from intents where intent_id in (
      select ${id} union select target_intent_id from intents where intent_id = ${id} and target_intent_id is not null
      union select intent_id from intents where target_intent_id = ${id}
    ) order by intent_id for update`.execute(trx)
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

async function lockScope(trx: Transaction<Database>, scope: string): Promise<void> {
  const row = { scope: `rate:${scope}`, window_id: lockWindow }
  const lock = trx
    .selectFrom('limit_rows')
    .select('scope')
    .where('scope', '=', row.scope)
    .where('window_id', '=', row.window_id)
    .forUpdate()
  if (await lock.executeTakeFirst()) return
  await trx
    .insertInto('limit_rows')
    .values({ ...row, used: 0n, cap: 0n, updated_at_ms: 0n })
    .onConflict((conflict) => conflict.columns(['scope', 'window_id']).doNothing())
    .execute()
  await lock.executeTakeFirstOrThrow()
}

/** `clock_timestamp()`, not `now()`: that is the time the transaction began, before it waited for its locks. */
async function markTransaction(trx: Transaction<Database>): Promise<Begun> {
  const { rows } = await sql<{ now_ms: bigint; xid: string | null }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms,
      case when current_setting('transaction_read_only') = 'off' then pg_current_xact_id()::text end as xid`.execute(
    trx,
  )
  const [row] = rows
  if (!row) throw new StoreError('ERR_STORE_IO', 'The database has no time')
  return { nowMs: Number(row.now_ms), ...(row.xid === null ? {} : { mark: row.xid }) }
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
