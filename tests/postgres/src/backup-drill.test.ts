import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sampleWish } from '@tidegate/testkit'
import { nodeDisk, openJournal } from '@tidegate/trade-journal'
import type { Journal } from '@tidegate/trading-model'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { realOptions } from './children/child-kit.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

const page = readFileSync(fileURLToPath(new URL('../../../docs/backup.md', import.meta.url)), 'utf8')

/** The line of the page that begins so: what is tried is what is written there. */
function commandOf(beginning: string): string {
  const found = page.split('\n').filter((line) => line.startsWith(beginning))
  if (found.length !== 1) throw new Error(`docs/backup.md has ${found.length} lines that begin with ${beginning}`)
  return found[0] ?? ''
}

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

let folder: string
let home: string
let opened: Journal[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-drill-'))
  home = join(folder, 'home')
  mkdirSync(home)
  opened = []
})
afterEach(async () => {
  for (const journal of opened) await journal.close()
  rmSync(folder, { recursive: true })
})

async function open(url: string, headsPath = join(home, 'audit-heads.jsonl')): Promise<Journal> {
  const journal = await openJournal({ ...realOptions(url, headsPath), disk: nodeDisk, headEvery: 2 })
  opened.push(journal)
  return journal
}

const wish = (name: string) =>
  sampleWish({ intentId: name, clientOrderId: name, key: name, order: { reservations: [] } })

function sh(command: string, env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('/bin/sh', ['-c', command], {
    cwd: home,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function query(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, string>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, string>>(text, [...values])).rows
  } finally {
    await client.end()
  }
}

/** A `pg_dump` that knows this server, as an operator would have. */
async function hasTools(url: string): Promise<boolean> {
  try {
    const tool = Number(/(\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1])
    const [row] = await query(url, 'show server_version')
    return tool >= Number.parseInt(row?.['server_version'] ?? '', 10)
  } catch {
    return false
  }
}

interface Dump {
  restoreInto(url: string): Promise<void>
}

async function dump(url: string): Promise<Dump> {
  if (await hasTools(url)) {
    sh(commandOf('pg_dump '), { STORE_URL: url })
    return { restoreInto: async (target) => void sh(commandOf('pg_restore '), { NEW_STORE_URL: target }) }
  }
  return await dumpBySnapshot(url)
}

/** Stands in for the tools: every row at one moment, and the tables as this version makes them. */
async function dumpBySnapshot(url: string): Promise<Dump> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin isolation level repeatable read, read only')
  const tables = (
    await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    )
  ).rows.map(({ name }) => name)
  const rows = new Map<string, string[]>()
  for (const table of tables) {
    const found = await client.query<{ row: string }>(`select row_to_json(t)::text as row from "${table}" t`)
    rows.set(
      table,
      found.rows.map(({ row }) => row),
    )
  }
  await client.end()
  return {
    async restoreInto(target) {
      await (await openJournal({ ...realOptions(target, join(folder, 'made', 'heads.jsonl')), disk: nodeDisk })).close()
      const into = new pg.Client({ connectionString: target })
      await into.connect()
      // As pg_restore does it: rows first, what they refer to is checked by nobody meanwhile.
      await into.query('set session_replication_role = replica')
      await into.query(`truncate ${tables.map((table) => `"${table}"`).join(', ')}`)
      for (const [table, found] of rows) {
        for (const row of found) {
          await into.query(`insert into "${table}" select * from json_populate_record(null::"${table}", $1::json)`, [
            row,
          ])
        }
      }
      await into.end()
    },
  }
}

describe('the drill of docs/backup.md on PostgreSQL', () => {
  it('brings back a dump made while orders came in: refused while the heads are newer, whole once they are cut', async () => {
    mkdirSync(join(folder, 'made'))
    const url = await postgres.createDatabase()
    const journal = await open(url)
    expect(journal).not.toHaveProperty('backup')
    for (let index = 0; index < 10; index++) await journal.recordIntent(wish(`before ${index}`))
    let recorded = 0
    let isDumping = true
    const trading = (async () => {
      while (isDumping) await journal.recordIntent(wish(`during ${recorded++}`))
    })()
    const dumped = await dump(url)
    isDumping = false
    await trading
    for (let index = 0; index < 10; index++) await journal.recordIntent(wish(`after ${index}`))
    await journal.close()
    opened = []

    // After the dump: the heads, as the page copies them.
    const safe = join(folder, 'backups')
    mkdirSync(safe)
    sh(commandOf('cp audit-heads.jsonl').replace('/backups/', safe))
    for (const name of ['audit-heads.jsonl', 'audit-heads.jsonl.key']) {
      rmSync(join(home, name))
      copyFileSync(join(safe, name), join(home, name))
    }

    const restored = await postgres.createDatabase()
    await dumped.restoreInto(restored)
    const refused = await open(restored).catch((error: unknown) => error as { code: string; message: string })
    expect(refused).toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      message: expect.stringMatching(/the store was rolled back: it ends at entry \d+/) as string,
    })
    const last = /it ends at entry (\d+)/.exec((refused as { message: string }).message)?.[1] ?? ''
    sh(commandOf("node -e 'const [file").replace(' N > ', ` ${last} > `))

    const back = await open(restored)
    const verdict = await back.verifyAudit()
    expect(verdict).toMatchObject({ ok: true })
    expect(verdict.entries).toBeGreaterThanOrEqual(Number(last))
    expect(await back.getIntent('before 9')).toBeDefined()
    expect(await back.getIntent('after 0')).toBeUndefined()
    // What it had seen it still knows; what it had not is new to it, and only the venue knows better.
    expect(await back.recordIntent(wish('before 0'))).toMatchObject({ kind: 'existing' })
    expect(await back.recordIntent(wish('new'))).toMatchObject({ kind: 'recorded' })
  }, 120_000)
})
