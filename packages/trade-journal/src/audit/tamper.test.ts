import type { AuditVerdict, Journal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../../test/temp-store.js'
import { sha256 } from '../codec/digest.js'
import { entryHash } from './entry-hash.js'

const textColumns = ['actor', 'type', 'intent_id', 'body', 'prev', 'hash'] as const

let store: TempStore
let journal: Journal

/** A log of seven entries with two intents in it; the last head outside is that of entry 6. */
beforeEach(async () => {
  store = tempStore()
  journal = await store.open({ headEvery: 1_000 })
  const { intentId } = await recordOne(journal, 'a')
  await journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
  await journal.close()
  journal = await store.open({ headEvery: 1_000 })
  await recordOne(journal, 'b')
  expect(await journal.verifyAudit()).toMatchObject({ ok: true, entries: 7 })
})
afterEach(async () => {
  await journal.close().catch(() => undefined)
  store.remove()
})

function attack(...statements: readonly string[]): void {
  store.raw((file) => {
    file.exec('pragma foreign_keys = off; pragma synchronous = off')
    for (const statement of statements) file.exec(statement)
  })
}

async function found(): Promise<AuditVerdict> {
  const verdict = await journal.verifyAudit()
  expect(verdict.ok).toBe(false)
  expect(verdict.problem).toBeTruthy()
  return verdict
}

describe('verifyAudit', () => {
  it('finds every single changed byte of every column of every entry, and says which entry', async () => {
    let flips = 0
    const rows = store.raw((file) => file.all('select * from audit order by seq', []))
    for (const row of rows) {
      for (const column of textColumns) {
        const bytes = Buffer.from((row[column] as string | null) ?? '', 'utf8')
        for (let at = 0; at < bytes.length; at++) {
          const flipped = Buffer.from(bytes)
          // Walks through all eight bits, so that some flips leave UTF-8 behind.
          flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at)
          set(row['seq'], column, flipped)
          expect(await found(), `${String(row['seq'])}.${column}[${at}]`).toMatchObject({
            firstBad: Number(row['seq']),
          })
          flips++
        }
        if (bytes.length > 0) set(row['seq'], column, bytes)
      }
      for (let bit = 0n; bit < 16n; bit++) {
        attack(
          `update audit set at_ms = ${BigInt(String(row['at_ms'])) ^ (1n << bit)} where seq = ${String(row['seq'])}`,
        )
        expect(await found()).toMatchObject({ firstBad: Number(row['seq']) })
        flips++
      }
      attack(`update audit set at_ms = ${String(row['at_ms'])} where seq = ${String(row['seq'])}`)
    }
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    expect(flips).toBeGreaterThan(2_000)
  }, 240_000)

  it('finds every deleted, moved, swapped and inserted entry', async () => {
    const attacks: readonly (readonly string[])[] = [
      ...[1, 2, 3, 4, 5, 6, 7].map((seq) => [`delete from audit where seq = ${seq}`]),
      ...[1, 3, 7].map((seq) => [`update audit set seq = seq + 100 where seq = ${seq}`]),
      ...[1, 3, 6].map((seq) => [
        `update audit set seq = -1 where seq = ${seq}`,
        `update audit set seq = ${seq} where seq = ${seq + 1}`,
        `update audit set seq = ${seq + 1} where seq = -1`,
      ]),
      ["insert into audit values (8, 1, 'x', 'x', null, '{}', 'x', 'x')"],
      ["insert into audit values (0, 1, 'x', 'x', null, '{}', 'x', 'x')"],
      ['delete from audit'],
      ['delete from audit where seq > 4'],
    ]
    for (const statements of attacks) {
      const before = keep()
      attack(...statements)
      await found()
      putBack(before)
    }
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
  }, 120_000)

  it('finds a truncated tail even when the head row was moved back with it', async () => {
    attack(
      'delete from audit where seq = 7',
      'update audit_head set seq = 6, hash = (select hash from audit where seq = 6)',
    )
    expect((await found()).problem).toContain('not signed')
  })

  it('finds an edited entry that was chained again to the end, head row included', async () => {
    store.raw((file) => {
      const rows = file.all('select * from audit order by seq', [])
      let prev = String(rows[0]?.['prev'])
      for (const row of rows) {
        const body = row['seq'] === 3n ? String(row['body']).replace('local', 'mallory') : String(row['body'])
        const intentId = row['intent_id'] as string | null
        const [actor, type] = [String(row['actor']), String(row['type'])]
        const entry = { seq: Number(row['seq']), atMs: Number(row['at_ms']), actor, type, intentId, body }
        const hash = entryHash(entry, prev)
        file.run('update audit set body = ?, prev = ?, hash = ? where seq = ?', [
          body,
          prev,
          hash,
          row['seq'] as bigint,
        ])
        prev = hash
      }
      file.run('update audit_head set hash = ?', [prev])
    })
    await found()
  })

  it('finds an older copy put back under a running journal, and a history that forks from it', async () => {
    const before = keep()
    await recordOne(journal, 'c')
    // Its closing signs a head outside.
    await (await store.open({ fenceOthers: false })).close()
    putBack(before)
    expect((await found()).problem).toContain('rolled back')
    for (const name of ['d', 'e', 'f', 'g']) await recordOne(journal, name)
    expect((await found()).problem).toContain('not the one that was signed outside')
  })

  it('finds changed heads outside: every byte of the last line', async () => {
    const { disk, headsPath } = store
    const whole = disk.files.get(headsPath) ?? ''
    const start = whole.trimEnd().lastIndexOf('\n') + 1
    for (let at = start; at < whole.length; at++) {
      const changed = String.fromCharCode(whole.charCodeAt(at) ^ 1)
      disk.files.set(headsPath, whole.slice(0, at) + changed + whole.slice(at + 1))
      await found()
    }
    disk.files.set(headsPath, whole)
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    disk.files.delete(headsPath)
    expect((await found()).problem).toContain('cut')
  })

  it.each([
    ["update intents set state = 'RESERVED' where intent_id = 'a'", 'intent a is not as'],
    ["update intents set filled_size = '5' where intent_id = 'a'", 'intent a is not as'],
    ["update intents set principal = cast(x'6cff' as text) where intent_id = 'a'", 'intent a is not as'],
    ["update intents set book_product_id = 'ETH-USD' where intent_id = 'b'", 'intent b is not as'],
    ["delete from intents where intent_id = 'a'", '2 intents'],
    ["update decision_inputs set input = '{}' where intent_id = 'a'", 'decision input of intent a'],
    ['update limit_rows set used = used - 1', 'limit row balance:USD'],
    ['update reservations set remaining = 0', 'limit row balance:USD'],
    ['delete from limit_rows', 'no limit row'],
    ["update audit_head set signature = replace(signature, '0', '1')", 'not signed'],
    ['update audit_head set exported_seq = 0', 'not signed'],
    ['delete from audit_head', 'missing'],
  ])('finds what was changed beside the log: %s', async (statement, problem) => {
    attack(statement)
    expect((await found()).problem).toContain(problem)
  })

  it('keeps hashing the same way: the format is written down', () => {
    const entry = { seq: 1, atMs: 2, actor: 'a', type: 't', intentId: null, body: '{}' }
    expect(entryHash(entry, 'p')).toBe(sha256('["tidegate.audit/1",1,2,"a","t",null,"{}","p"]'))
  })
})

function set(seq: unknown, column: string, bytes: Buffer): void {
  attack(`update audit set ${column} = cast(x'${bytes.toString('hex')}' as text) where seq = ${String(seq)}`)
}

const tables = [
  'meta',
  'instances',
  'intents',
  'idempotency_keys',
  'decision_inputs',
  'limit_rows',
  'reservations',
].concat('audit', 'audit_head')

type Copy = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>

function keep(): Copy {
  return store.raw((file) => new Map(tables.map((table) => [table, file.all(`select * from ${table}`, [])])))
}

function putBack(copy: Copy): void {
  store.raw((file) => {
    file.exec('pragma foreign_keys = off; pragma synchronous = off; begin immediate')
    for (const [table, rows] of copy) {
      file.exec(`delete from ${table}`)
      for (const row of rows) {
        const marks = Object.keys(row).map(() => '?')
        file.run(`insert into ${table} values (${marks.join(', ')})`, Object.values(row) as (string | bigint | null)[])
      }
    }
    file.exec('commit')
  })
}
