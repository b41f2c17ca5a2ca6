import { createHash, createPrivateKey, sign } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { type Verdict, verifyAudit } from '@tidegate/audit-verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRaw } from './raw-store.js'
import { newHome, openReady, trade, type WrittenLog } from './write-log.js'

/** Attacks on the file itself: whatever the way in which pages are read could pass over. */
let home: WrittenLog
let entries = 0

beforeAll(async () => {
  home = newHome({ 'policy.max_orders_per_minute': '500', 'audit.heads_every_entries': '20' })
  const gateway = await openReady(home.config)
  await trade(gateway, 'reading', 5)
  await gateway.close()
  entries = (await verifyAudit(placesOf(home.store))).entries
}, 120_000)
afterAll(() => home.remove())

const placesOf = (store: string) => ({ store, headsFile: home.headsFile, publicKeyFile: home.publicKeyFile })
type Raw = ReturnType<typeof openRaw>

/** A copy of the store after `change`; a new name each time, because a driver may remember what it knew of a file. */
function attacked(change: (database: Raw) => void): string {
  const copy = `${home.folder}/attacked-${copies++}.sqlite`
  cpSync(home.store, copy)
  const database = openRaw(copy)
  change(database)
  database.close()
  return copy
}
let copies = 0

/** The same table without the rule that every value is of its column's kind. */
function loosen(database: Raw, table: string): void {
  const columns = database.prepare(`select name from pragma_table_info('${table}')`).all([])
  const names = columns.map(({ name }) => `"${String(name)}"`).join(', ')
  database.exec(`create table loose (${names}); insert into loose select ${names} from ${table} order by rowid;
    drop table ${table}; alter table loose rename to ${table}`)
}

const codes = ({ findings }: Verdict): readonly string[] => findings.map(({ code }) => code)

describe('a value of another kind, or with something behind it, in a file whose tables hold any value', () => {
  const seq = 40
  const changes: readonly (readonly [string, string])[] = [
    ['at_ms', 'at_ms + 0.0'],
    ['at_ms', 'cast(at_ms as text)'],
    ['at_ms', 'cast(cast(at_ms as text) as blob)'],
    ['at_ms', 'at_ms + 9007199254740992'],
    ['at_ms', 'null'],
    ...['actor', 'type', 'body', 'prev', 'hash'].flatMap((column) =>
      [
        `cast(${column} as blob)`,
        `${column} || char(0)`,
        `${column} || char(0) || 'x'`,
        `char(0) || ${column}`,
        `${column} || char(10)`,
        `char(65279) || ${column}`,
        `${column} || cast(x'ff' as text)`,
        `${column} || cast(x'eda080' as text)`,
        `${column} || cast(x'c080' as text)`,
        `'"' || ${column}`,
        'null',
        "''",
        '7',
        '7.5',
      ].map((value) => [column, value] as const),
    ),
    ['hash', 'upper(hash)'],
    ['hash', `hash || '"]' || char(10) || '["' || hash`],
    ['actor', `actor || '","' || type`],
  ]

  it('is found in every column of an entry, and the entry is named; the loose table alone is not', async () => {
    const same = await verifyAudit(placesOf(attacked((database) => loosen(database, 'audit'))))
    expect(same).toMatchObject({ ok: true, entries })
    for (const [column, value] of changes) {
      const store = attacked((database) => {
        loosen(database, 'audit')
        database.exec(`update audit set ${column} = ${value} where seq = ${seq}`)
      })
      expect(await verifyAudit(placesOf(store)), `${column} = ${value}`).toMatchObject({
        ok: false,
        firstBad: seq,
        entries: seq - 1,
      })
    }
  }, 120_000)

  it('is found where two values make up for each other in the number of lines of a page', async () => {
    const store = attacked((database) => {
      loosen(database, 'audit')
      database.exec(`update audit set hash = hash || char(10) || hash where seq = ${seq}`)
      database.exec(`update audit set hash = null where seq = ${seq + 1}`)
    })
    expect(await verifyAudit(placesOf(store))).toMatchObject({ ok: false, firstBad: seq })
  })

  it.each([
    ['intents', 'version', 'version + 0.0'],
    ['intents', 'version', 'cast(version as text)'],
    ['intents', 'created_at_ms', 'created_at_ms + 0.5'],
    ['intents', 'state', 'cast(state as blob)'],
    ['intents', 'terms', "terms || char(0) || 'x'"],
    ['intents', 'filled_size', 'cast(filled_size as real)'],
    ['intents', 'needs_approval', 'cast(needs_approval as text)'],
    ['intents', 'outcome_reason', "''"],
    ['reservations', 'amount', 'amount + 0.0'],
    ['reservations', 'amount', 'amount + 9007199254740993'],
    ['reservations', 'remaining', 'cast(remaining as text)'],
    ['reservations', 'remaining', 'null'],
    ['limit_rows', 'used', 'used + 0.0'],
    ['fills', 'price', 'cast(price as real)'],
    ['fills', 'traded_at_ms', 'traded_at_ms + 0.0'],
    ['fills', 'fee', 'fee || char(0)'],
    ['fills', 'side', "side || cast(x'ff' as text)"],
    ['decision_inputs', 'input', 'input || char(10)'],
    ['decision_inputs', 'input', 'cast(input as blob)'],
  ])('is found in the records: %s.%s = %s', async (table, column, value) => {
    const store = attacked((database) => {
      loosen(database, table)
      database.exec(`update ${table} set ${column} = ${value} where rowid = (
        select rowid from ${table} where ${column} is not null or '${column}' = 'outcome_reason' limit 1)`)
    })
    const verdict = await verifyAudit(placesOf(store))
    expect(verdict.ok).toBe(false)
    expect(codes(verdict).every((code) => code.startsWith('RECORD_'))).toBe(true)
  })
})

describe('an entry where one page ends and the next begins', () => {
  // Pages of 32 and 64 rows come first; page by page of 500 where they are read exactly.
  const seams = [1, 2, 31, 32, 33, 34, 64, 95, 96, 97, 98]

  it('is found changed, taken out, and changed places with the one after it', async () => {
    expect(entries).toBeGreaterThan(100)
    for (const at of seams) {
      const changed = attacked((database) => database.exec(`update audit set actor = actor || 'x' where seq = ${at}`))
      expect(await verifyAudit(placesOf(changed))).toMatchObject({ ok: false, firstBad: at, entries: at - 1 })
      const gone = attacked((database) => database.exec(`delete from audit where seq = ${at}`))
      expect(await verifyAudit(placesOf(gone))).toMatchObject({ ok: false, firstBad: at, entries: at - 1 })
      const swapped = attacked((database) =>
        database.exec(`update audit set seq = -1 where seq = ${at}; update audit set seq = ${at} where seq = ${at + 1};
          update audit set seq = ${at + 1} where seq = -1`),
      )
      expect(await verifyAudit(placesOf(swapped))).toMatchObject({ ok: false, firstBad: at })
    }
  }, 120_000)

  it('is found before the first and behind the last', async () => {
    for (const seq of [0, -5, entries + 1, entries + 2]) {
      const store = attacked((database) =>
        database.exec(
          `insert into audit select ${seq}, at_ms, actor, type, intent_id, body, prev, hash from audit where seq = 1`,
        ),
      )
      expect((await verifyAudit(placesOf(store))).ok, String(seq)).toBe(false)
    }
  })
})

describe('an entry with a body of somebody who has the key', () => {
  /** Gives the last entry another body and type, hashes it anew and signs the head with the real key. */
  function withBody(body: string | Buffer): string {
    const privateKey = createPrivateKey(readFileSync(home.config.audit.keyFile))
    return attacked((database) => {
      const text = body.toString()
      const row = database.prepare('select * from audit order by seq desc limit 1').all([])[0] ?? {}
      const { seq, at_ms: atMs, actor, intent_id: intentId, prev } = row
      const hashed = JSON.stringify(['tidegate.audit/1', seq, atMs, actor, 'note', intentId, text, prev])
      const hash = createHash('sha256').update(hashed).digest('hex')
      const storeId = String(database.prepare('select store_id from meta').all([])[0]?.['store_id'])
      const head = `tidegate.audit-head/1\n${storeId}\n${String(seq)}\n${hash}\n0\n`
      const signature = sign(null, Buffer.from(head), privateKey).toString('hex')
      const parameters = [Buffer.from(body), hash, seq]
      database.prepare(`update audit set type = 'note', body = cast(? as text), hash = ? where seq = ?`).run(parameters)
      database.prepare('update audit_head set hash = ?, signature = ?, exported_seq = 0').run([hash, signature])
    })
  }
  // Without the heads: they alone would show it. Only the entries and what hangs on them is looked at.
  const judge = async (store: string) => await verifyAudit({ store, publicKeyFile: home.publicKeyFile })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":1}}',
    '{"b":1,"a":1}',
    '{"a":[{"d":1,"c":1}]}',
    '{"a": 1}',
    '{"a":1}\n',
    ' {"a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":1E2}',
    '{"a":-0}',
    '{"a":01}',
    '{"a":1e400}',
    '{"a":12345678901234567890}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\u000A"}',
    '{"a":"\\u001F"}',
    '{"a":"\\uD800"}',
    '{"a":"\\uD83D\\uDE00"}',
    '{"\\u0061":1}',
    '{"a":"\t"}',
    '{"10":0,"9":0}',
    '{"a":1,"0":0}',
    '{"a":1}x',
    '{"a":1}\0',
    '\uFEFF{"a":1}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":tru}',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a":"x}',
    '[]',
    '"a"',
    'null',
    '',
  ])('that is not in canonical form is found: %j', async (body) => {
    expect(await judge(withBody(body))).toMatchObject({
      ok: false,
      firstBad: entries,
      findings: [{ code: 'ENTRY_NOT_CANONICAL' }, { code: 'HEADS_MISSING' }],
    })
  })

  it.each([
    '{}',
    '{"":"","a b":-5,"a!":0,"b":[true,false,null,[],{}],"é":"\u007f\u2028😀"}',
    '{"9":0,"10":0,"a":0.5,"b":1e+21,"c":1e-7}',
    '{"__proto__":{"a":1},"a":"\\u0001\\b\\f\\n\\r\\t\\"\\\\","b":"\\ud800"}',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ])('that is in canonical form is taken, however rare: %j', async (body) => {
    const verdict = await judge(withBody(body))
    expect(verdict.findings.filter(({ code }) => !code.startsWith('RECORD_')).map(({ code }) => code)).toEqual([
      'HEADS_MISSING',
    ])
    expect(verdict.entries).toBe(entries)
  })

  it('that is nested deeper than any stack is a finding and no crash', async () => {
    const nested = '['.repeat(200_000)
    for (const body of [`{"a":${nested}${nested.replaceAll('[', ']')}}`, `{"a":${nested}`]) {
      expect(await judge(withBody(body))).toMatchObject({ ok: false, firstBad: entries, entries: entries - 1 })
    }
  })

  it('that is huge is taken as it is, and found with one letter changed in its middle', async () => {
    const body = `{"a":"${'x'.repeat(30_000_000)}"}`
    const store = withBody(body)
    expect((await judge(store)).entries).toBe(entries)
    const database = openRaw(store)
    database.exec(
      `update audit set body = substr(body, 1, 15000000) || 'y' || substr(body, 15000002) where seq = ${entries}`,
    )
    database.close()
    expect(await judge(store)).toMatchObject({
      ok: false,
      firstBad: entries,
      findings: [{ code: 'ENTRY_CHANGED' }, {}],
    })
  }, 60_000)
})
