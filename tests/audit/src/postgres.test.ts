import { type VerifyOptions, verifyAudit } from '@tidegate/audit-verifier'
import { proveAudited } from '@tidegate/gateway'
import { type PostgresServer, startPostgres } from '@tidegate/tests-postgres/start-postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newHome, openReady, trade, type WrittenLog } from './write-log.js'

let postgres: PostgresServer
let url: string
let home: WrittenLog
let places: VerifyOptions
let client: pg.Client

beforeAll(async () => {
  postgres = await startPostgres()
  url = await postgres.createDatabase()
  home = newHome({ 'policy.max_orders_per_minute': '500' }, { TIDEGATE_STORE_URL: url })
  const gateway = await openReady(home.config)
  await trade(gateway, 'postgres', 2)
  // Beside a running gateway.
  places = { store: url, headsFile: home.headsFile, publicKeyFile: home.publicKeyFile }
  expect((await verifyAudit(places)).findings.filter(({ severity }) => severity === 'bad')).toEqual([])
  await gateway.close()
  client = new pg.Client(url)
  await client.connect()
}, 120_000)
afterAll(async () => {
  await client?.end()
  home?.remove()
  await postgres?.stop()
})

describe('a store on PostgreSQL', () => {
  it('holds, from the first entry to the head outside, and proves an order', async () => {
    const verdict = await verifyAudit(places)
    expect(verdict).toMatchObject({ ok: true, findings: [], firstBad: null, key: { from: 'given' } })
    expect(verdict.entries).toBeGreaterThan(40)
    expect(verdict.anchoredTo).toBe(verdict.entries)
    const proof = await proveAudited(home.config, 'postgres-0')
    expect(proof).toMatchObject({ ok: true, anchored: true })
  })

  it.each([
    ["update audit set body = body || ' ' where seq = 9", 'ENTRY_CHANGED', 9],
    ['update audit set at_ms = at_ms + 1 where seq = 12', 'ENTRY_CHANGED', 12],
    ['delete from audit where seq = 5', 'ENTRY_MISSING', 5],
    ['delete from audit where seq > 30', 'LOG_CUT', 31],
    ["update audit_head set signature = repeat('0', 128)", 'HEAD_NOT_SIGNED', undefined],
    ["update intents set principal = 'mallory' where state = 'FILLED'", 'RECORD_CHANGED', undefined],
    ["update modes set mode = 'ACTIVE' where scope = 'product:ETH-USD'", 'RECORD_CHANGED', undefined],
    ['update limit_rows set used = 0 where used > 0', 'RECORD_CHANGED', undefined],
    ["update approvals set decision = 'approved' where decision = 'denied'", 'RECORD_CHANGED', undefined],
    ['delete from fills', 'RECORD_MISSING', undefined],
  ])('finds: %s', async (statement, code, firstBad) => {
    // Undone by putting the rows back, since the verifier looks from a connection of its own.
    const table = /(?:update|from) (\w+)/.exec(statement)?.[1] ?? ''
    await client.query(`create table kept as table ${table}`)
    try {
      await client.query(`set session_replication_role = replica; ${statement}`)
      const verdict = await verifyAudit(places)
      expect(verdict.ok).toBe(false)
      expect(verdict.findings.map((finding) => finding.code)).toContain(code)
      if (firstBad !== undefined) expect(verdict.firstBad).toBe(firstBad)
    } finally {
      await client.query(`delete from ${table}; insert into ${table} table kept; drop table kept`)
    }
    expect(await verifyAudit(places)).toMatchObject({ ok: true })
  })

  it('says that it cannot be reached, without its password', async () => {
    const gone = 'postgres://tidegate:hunter2hunter2@127.0.0.1:1/nothing'
    const failed: unknown = await verifyAudit({ store: gone }).catch((error: unknown) => error)
    expect(String(failed)).toContain('127.0.0.1:1/nothing cannot be reached')
    expect(String(failed)).not.toContain('hunter2')
  })
})
