import { createHash } from 'node:crypto'
import { StoreError } from '@tidegate/trading-model'
import { type Kysely, type SchemaModule, sql, type Transaction } from 'kysely'
import type { Database } from '../sql/database.js'
import { type Ddl, ddlFor, type SqlDialectName } from '../sql/ddl.js'
import { init0001 } from './0001-init.js'
import { changes0002 } from './0002-changes.js'
import { tokenUse0003 } from './0003-token-use.js'
import { limitChanges0004 } from './0004-limit-changes.js'
import { thingsMadeBy, thingsThere } from './schema-things.js'

interface Migration {
  readonly name: string
  readonly up: (ddl: Ddl) => void
}

const migrations: readonly Migration[] = [
  { name: '0001-init', up: init0001 },
  { name: '0002-changes', up: changes0002 },
  { name: '0003-token-use', up: tokenUse0003 },
  { name: '0004-limit-changes', up: limitChanges0004 },
]

/** The statements of every migration known to this version, with the checksum that the store remembers. */
export function migrationPlan(
  dialect: SqlDialectName,
  schema: SchemaModule,
): readonly { readonly name: string; readonly statements: readonly string[]; readonly checksum: string }[] {
  return migrations.map(({ name, up }) => {
    const ddl = ddlFor(dialect, schema)
    up(ddl)
    return {
      name,
      statements: ddl.statements,
      checksum: createHash('sha256').update(ddl.statements.join(';\n')).digest('hex'),
    }
  })
}

/**
 * Brings the schema up to this version inside the caller's transaction, so that a migration is applied whole or not at all; a store
 * in which one is applied by half was changed by somebody else.
 *
 * @returns True when the store was empty before.
 * @throws StoreError `ERR_STORE_MIGRATION` for a newer or altered schema, `ERR_STORE_FOREIGN` for a file that is no journal.
 */
export async function migrate(trx: Transaction<Database>, dialect: SqlDialectName, nowMs: number): Promise<boolean> {
  const tables = await tableNames(trx, dialect)
  const isNew = tables.length === 0
  if (isNew) await createMigrationTable(trx, dialect)
  else if (!tables.includes('schema_migrations')) {
    throw new StoreError('ERR_STORE_FOREIGN', 'This database is not a Tidegate journal', {
      hint: 'point the store at its own file',
    })
  }
  const applied = await trx.selectFrom('schema_migrations').select(['name', 'checksum']).orderBy('name').execute()
  const plan = migrationPlan(dialect, trx.schema)
  const unknown = applied.filter((row) => !plan.some((step) => step.name === row.name))
  if (unknown.length > 0) {
    throw new StoreError('ERR_STORE_MIGRATION', `The store was written by a newer version (${unknown[0]?.name})`, {
      hint: 'use that version; going back would lose what only it understands',
    })
  }
  const there = isNew ? new Set<string>() : await thingsThere(trx, dialect)
  for (const step of plan) {
    const before = applied.find((row) => row.name === step.name)
    if (before && before.checksum !== step.checksum) {
      throw new StoreError('ERR_STORE_MIGRATION', `Migration ${step.name} of the store differs from this version's`, {
        hint: 'use the version that created the store',
      })
    }
    const things = thingsMadeBy(step.statements)
    const odd = things.find((thing) => there.has(thing) !== (before !== undefined))
    if (odd !== undefined) {
      throw new StoreError(
        'ERR_STORE_MIGRATION',
        `Migration ${step.name} of the store is applied by half: ${odd} is ${before ? 'missing' : 'there already'}`,
        { hint: 'somebody changed the tables: stop trading, keep the files, restore a backup' },
      )
    }
    if (before) continue
    // One trip where the database takes several statements at once.
    const trips = dialect === 'postgres' ? [step.statements.join(';\n')] : step.statements
    for (const statement of trips) await sql.raw(statement).execute(trx)
    await trx
      .insertInto('schema_migrations')
      .values({ name: step.name, checksum: step.checksum, applied_at_ms: BigInt(nowMs) })
      .execute()
  }
  return isNew
}

async function tableNames(db: Kysely<Database>, dialect: SqlDialectName): Promise<readonly string[]> {
  const question =
    dialect === 'postgres'
      ? sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`
      : sql<{ name: string }>`
          select name from sqlite_master where type = 'table' and name not like 'sqlite~_%' escape '~'`
  const { rows } = await question.execute(db)
  return rows.map((row) => row.name)
}

async function createMigrationTable(trx: Transaction<Database>, dialect: SqlDialectName): Promise<void> {
  const ddl = ddlFor(dialect, trx.schema)
  ddl.table('schema_migrations', (t) =>
    t
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('checksum', 'text', (c) => c.notNull())
      .addColumn('applied_at_ms', ddl.int, (c) => c.notNull()),
  )
  for (const statement of ddl.statements) await sql.raw(statement).execute(trx)
}
