import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { describe, expect, it } from 'vitest'
import { tempStore } from '../../test/temp-store.js'
import type { Database } from '../sql/database.js'
import { migrationPlan } from './migrate.js'

const postgres = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

describe('the migrations', () => {
  it('make STRICT tables only, in SQLite', async () => {
    const store = tempStore()
    await (await store.open()).close()
    const tables = store.raw((file) =>
      file.all("select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite_%'", []),
    )
    expect(tables.filter((table) => table['strict'] !== 1n)).toEqual([])
    expect(tables.map((table) => String(table['name'])).sort()).toEqual([
      'approvals',
      'audit',
      'audit_head',
      'day_marks',
      'decision_inputs',
      'fills',
      'idempotency_keys',
      'instances',
      'intents',
      'leases',
      'limit_changes',
      'limit_rows',
      'lots',
      'meta',
      'modes',
      'policy_versions',
      'reservations',
      'schema_migrations',
      'tokens',
      'tombstones',
      'totp_steps',
      'venue_budget',
    ])
    store.remove()
  })

  it('are never edited after landing', async () => {
    const store = tempStore()
    await (await store.open()).close()
    expect(store.raw((file) => file.all('select name, checksum from schema_migrations', []))).toEqual([
      { name: '0001-init', checksum: '369996e235e567b7f360a4be9a4e9b7ed2d1330b2a55ad0e0b757c01fc86b0bd' },
      { name: '0002-changes', checksum: 'c3db0a5c5c1693d9afd36e82006417605ddec57f5693a605bd064e41917fa328' },
      { name: '0003-token-use', checksum: 'c565878e52dd6035edc140bed0161f2ceb199eef58576398745ab73d3c3950f6' },
      { name: '0004-limit-changes', checksum: '74b001bce684c1f2de876300e8b62e6ba22a38ebe4f58313d1b786af4d0b234f' },
    ])
    store.remove()
  })

  it('can be said in PostgreSQL: BIGINT where SQLite has INTEGER, no STRICT', () => {
    const [init] = migrationPlan('postgres', postgres.schema)
    const text = init?.statements.join('\n') ?? ''
    expect(text).toContain('"used" bigint')
    expect(text).not.toMatch(/\binteger\b|\bstrict\b/)
  })

  it('are there completely or not at all', async () => {
    const store = tempStore()
    const failing = store.open({
      ids: {
        uuid: (() => {
          let calls = 0
          return () => {
            calls++
            if (calls === 2) throw new Error('killed in the middle')
            return 'x'
          }
        })(),
      },
    })
    await expect(failing).rejects.toThrow('killed in the middle')
    expect(store.raw((file) => file.all('select name from sqlite_master', []))).toEqual([])
    await (await store.open()).close()
    store.remove()
  })
})
