import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import {
  type Anchors,
  chainStart,
  checkEntry,
  type Row,
  type Verdict,
  Verification,
  verifyAudit,
} from '@tidegate/audit-verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  changesOf,
  compareAll,
  dump,
  fieldOf,
  judge,
  judgeRows,
  openRaw,
  type RawStore,
  type Rows,
  rowOf,
  verificationOf,
  withByte,
  writeCell,
} from './raw-store.js'
import { newHome, openReady, trade, type WrittenLog } from './write-log.js'

const flags = { 'policy.max_orders_per_minute': '500', 'audit.heads_every_entries': '20' }

/** The home whose store is attacked, closed. */
let home: WrittenLog
let store: RawStore
let rows: Rows
let heads: string
let publicKey: string
let privateKey: KeyObject
/** A copy of the home that went on. */
let late: WrittenLog
let attacks = 0

beforeAll(async () => {
  home = newHome(flags)
  await write(home, 'early', 4)
  store = dump(home.store)
  rows = Object.fromEntries(Object.entries(store).map(([table, of]) => [table, of.map(rowOf)]))
  heads = readFileSync(home.headsFile, 'utf8')
  publicKey = readFileSync(home.publicKeyFile, 'utf8')
  privateKey = createPrivateKey(readFileSync(home.config.audit.keyFile))
  late = copyOf(home)
  await write(late, 'late', 1)
}, 120_000)
afterAll(() => {
  home.remove()
  late.remove()
})

function copyOf(log: WrittenLog): WrittenLog {
  const folder = mkdtempSync(`${log.folder}-`)
  cpSync(log.folder, folder, { recursive: true })
  return newHome({ ...flags, home: folder })
}

async function write(log: WrittenLog, name: string, rounds: number): Promise<void> {
  const gateway = await openReady(log.config)
  await trade(gateway, name, rounds)
  await gateway.close()
}

const anchors = (): Anchors => ({ heads, publicKey })
const audit = (): readonly Row[] => rows['audit'] ?? []

/** Judges the store with some of its tables replaced, and counts the attack. */
function attack(change: Readonly<Record<string, readonly Row[]>>, against: Anchors = anchors()): Verdict {
  attacks++
  return judgeRows({ ...rows, ...change }, against)
}

function all(words: ReadonlySet<string>): readonly string[] {
  return [...words].sort()
}

function codes(verdict: Verdict): readonly string[] {
  return verdict.findings.map(({ code }) => code)
}

/** Entries hashed again from one on, as somebody does who has no key. */
function rechain(entries: readonly Row[]): readonly Row[] {
  let prev = '0'.repeat(64)
  return entries.map((row, index) => {
    const seq = index + 1
    const { at_ms, actor, type, intent_id, body } = row
    const text = JSON.stringify(['tidegate.audit/1', seq, at_ms, actor, type, intent_id, body, prev])
    const hash = createHash('sha256').update(text).digest('hex')
    const again = { ...row, seq, prev, hash }
    prev = hash
    return again
  })
}

function headOf(entries: readonly Row[], signature = String(rows['audit_head']?.[0]?.['signature'])): readonly Row[] {
  const last = entries.at(-1)
  return [{ ...rows['audit_head']?.[0], seq: last?.['seq'], hash: last?.['hash'], signature }]
}

function signedBy(key: KeyObject, entries: readonly Row[], after: number): readonly Row[] {
  const last = entries.at(-1)
  const storeId = String(rows['meta']?.[0]?.['store_id'])
  const text = `tidegate.audit-head/1\n${storeId}\n${String(last?.['seq'])}\n${String(last?.['hash'])}\n${after}\n`
  return [{ ...headOf(entries)[0], exported_seq: after, signature: sign(null, Buffer.from(text), key).toString('hex') }]
}

describe('a log of the real desk', () => {
  it('has more than a hundred entries of every kind and holds, to both readers', async () => {
    expect(audit().length).toBeGreaterThan(100)
    const kinds = audit().map((row) => row['type'])
    for (const kind of [
      'store.created intent.recorded intent.denied intent.submit_begun intent.acked intent.venue_order',
      'intent.approved intent.approval_denied intent.cancel_requested intent.edit_accepted intent.edit_applied',
      'intent.terms_changed fills.recorded mode.set policy.recorded day.marked journal.opened journal.closed',
    ].flatMap((words) => words.split(' '))) {
      expect(kinds).toContain(kind)
    }
    const expected = { ok: true, entries: audit().length, firstBad: null, anchoredTo: audit().length, findings: [] }
    expect(judge(store, anchors())).toMatchObject(expected)
    const files = { store: home.store, headsFile: home.headsFile, publicKeyFile: home.publicKeyFile }
    expect(await verifyAudit(files)).toMatchObject({ ...expected, key: { from: 'given' } })
  })
})

describe('a changed byte', () => {
  it('is found in every column of every entry, and the entry is named', () => {
    let tried = 0
    let place = chainStart
    for (const raw of store['audit'] ?? []) {
      const row = rowOf(raw)
      for (const [column, cell] of Object.entries(raw)) {
        for (const changed of changesOf(cell)) {
          const checked = checkEntry(place, { ...row, [column]: fieldOf(changed) })
          if (!('finding' in checked)) expect.fail(`${String(row['seq'])}.${column}: ${changed.bytes.toString()}`)
          if (checked.finding.seq !== place.entries + 1) expect.fail(`named entry ${checked.finding.seq}`)
          tried++
        }
      }
      place = { entries: place.entries + 1, hash: String(row['hash']) }
    }
    attacks += tried
    expect(tried).toBeGreaterThan(100_000)
  })

  it('is found whatever else the byte becomes: all 255 others, in every byte of the shortest entry', () => {
    const lengths = audit().map((row) => String(row['body']).length)
    const at = lengths.indexOf(Math.min(...lengths))
    const raw = store['audit']?.[at]
    const place = { entries: at, hash: String(audit()[at - 1]?.['hash']) }
    let tried = 0
    for (const [column, cell] of Object.entries(raw ?? {})) {
      if (cell.kind !== 'text') continue
      for (let byte = 0; byte < cell.bytes.length; byte++) {
        for (let value = 0; value < 256; value++) {
          if (value === cell.bytes.readUInt8(byte)) continue
          const field = fieldOf({ kind: 'text', bytes: withByte(cell.bytes, byte, value) })
          const checked = checkEntry(place, { ...audit()[at], [column]: field })
          if (!('finding' in checked)) expect.fail(`${column}[${byte}] = ${value}`)
          tried++
        }
      }
    }
    attacks += tried
    expect(tried).toBeGreaterThan(30_000)
  })

  it('is found in the whole check, too: a sample of them', () => {
    for (const [index, raw] of (store['audit'] ?? []).entries()) {
      const [column, cell] = Object.entries(raw)[index % Object.keys(raw).length] ?? ['', undefined]
      const changed = cell && [...changesOf(cell)][index % 3]
      if (!changed) continue
      const entries = audit().with(index, { ...audit()[index], [column]: fieldOf(changed) })
      expect(attack({ audit: entries })).toMatchObject({ ok: false, firstBad: index + 1, entries: index })
    }
  })

  it('is found in every column of the row of the head', () => {
    const verification = verificationOf(rows, anchors())
    const head = store['audit_head']?.[0] ?? {}
    for (const [column, cell] of Object.entries(head).filter(([name]) => name !== 'id')) {
      for (const changed of changesOf(cell)) {
        verification.head({ ...rowOf(head), [column]: fieldOf(changed) })
        if (verification.verdict().ok) expect.fail(`audit_head.${column}: ${changed.bytes.toString()}`)
        attacks++
      }
    }
  })

  it('is found in every line of the heads outside', () => {
    // One line at a time, and only what it says: no entry is read, and what that alone leaves to be found is not counted.
    const about = (text: string): readonly string[] => {
      const verification = new Verification({ heads: text, publicKey }, { isOnlyWriter: true })
      verification.identity(rows['meta']?.[0])
      const { findings } = verification.verdict()
      return findings.map(({ code }) => code).filter((code) => /^HEADS_(LINE|SIGNATURE|FOREIGN)$/.test(code))
    }
    for (const line of heads.trimEnd().split('\n')) {
      const bytes = Buffer.from(`${line}\n`)
      expect(about(bytes.toString())).toEqual([])
      for (let at = 0; at < bytes.length; at++) {
        const changed = withByte(bytes, at, bytes.readUInt8(at) ^ (1 << (at % 7))).toString('utf8')
        if (about(changed).length === 0) expect.fail(`byte ${at}: ${JSON.stringify(changed)}`)
        attacks++
      }
    }
  })

  /** What no entry tells of: figures that decide nothing, and what each claim brings anew. */
  const untold: ReadonlySet<string> = new Set([
    'idempotency_keys.created_at_ms',
    'limit_rows.cap',
    'limit_rows.updated_at_ms',
    'reservations.unit',
    'instances.host_id',
  ])

  it('is found in every record that the log tells of, and the columns that it does not tell of are known', () => {
    const missed = new Set<string>()
    const verification = verificationOf(rows, anchors())
    for (const table of Object.keys(rows)) {
      if (['audit', 'audit_head', 'meta'].includes(table)) continue
      const all = store[table] ?? []
      // Of long tables every few rows; of each row every column.
      const step = Math.ceil(all.length / 12)
      for (let index = 0; index < all.length; index += step) {
        for (const [column, cell] of Object.entries(all[index] ?? {})) {
          const changes = [...changesOf(cell)]
          for (const changed of [changes[0], changes[Math.floor(changes.length / 2)], changes.at(-1)]) {
            const of = rows[table] ?? []
            const row = { ...of[index], [column]: changed && fieldOf(changed) }
            if (compareAll(verification, { ...rows, [table]: of.with(index, row) })) missed.add(`${table}.${column}`)
            attacks++
          }
        }
      }
    }
    expect(all(missed)).toEqual(all(untold))
  }, 120_000)

  it('is found where a file was changed, in either reader of text: a sample in the real store', async () => {
    let tried = 0
    for (const [index, raw] of (store['audit'] ?? []).entries()) {
      if (index % 12 !== 0) continue
      const copy = `${home.folder}/attacked.sqlite`
      cpSync(home.store, copy)
      const cells = Object.entries(raw).filter(([name, cell]) => name !== 'seq' && cell.kind !== 'null')
      const [column, cell] = cells[(index / 12) % cells.length] ?? []
      if (!cell || !column) continue
      const changed = [...changesOf(cell)].slice(-3)[0]
      const database = openRaw(copy)
      if (changed) writeCell(database, { table: 'audit', column, where: `seq = ${index + 1}` }, changed)
      database.close()
      const verdict = await verifyAudit({ store: copy, headsFile: home.headsFile, publicKeyFile: home.publicKeyFile })
      expect(verdict, `${index + 1}.${column}`).toMatchObject({ ok: false, firstBad: index + 1 })
      tried++
    }
    attacks += tried
    expect(tried).toBeGreaterThan(8)
  }, 60_000)
})

describe('entries that are not where they were', () => {
  it('are found when any one was taken out, with and without closing the gap', () => {
    for (let at = 0; at < audit().length; at++) {
      const without = audit().toSpliced(at, 1)
      expect(attack({ audit: without }).ok).toBe(false)
      const renumbered = without.map((row, index) => ({ ...row, seq: index + 1 }))
      expect(attack({ audit: renumbered }).ok).toBe(false)
      const again = rechain(without)
      expect(attack({ audit: again, audit_head: headOf(again) }).ok).toBe(false)
    }
  })

  it('are found when any two changed places', () => {
    for (let a = 0; a < audit().length; a++) {
      for (let b = a + 1; b < audit().length; b++) {
        const [one, other] = [audit()[a], audit()[b]]
        const swapped = audit()
          .with(a, { ...other, seq: a + 1 })
          .with(b, { ...one, seq: b + 1 })
        attacks++
        // The first of the two is where it shows; what comes before is as it was.
        const place = { entries: a, hash: a === 0 ? chainStart.hash : String(audit()[a - 1]?.['hash']) }
        if (!('finding' in checkEntry(place, swapped[a] ?? {}))) expect.fail(`${a + 1} and ${b + 1}`)
        if (a % 10 === 0 && b % 10 === 0)
          expect(attack({ audit: swapped })).toMatchObject({ ok: false, firstBad: a + 1 })
      }
    }
  })

  it('are found when somebody put one in, anywhere', () => {
    for (let at = 0; at <= audit().length; at++) {
      const forged = { ...audit()[Math.min(at, audit().length - 1)], actor: 'mallory', type: 'mode.set' }
      const longer = audit()
        .toSpliced(at, 0, forged)
        .map((row, index) => ({ ...row, seq: index + 1 }))
      expect(attack({ audit: longer }).ok).toBe(false)
      const again = rechain(longer)
      expect(attack({ audit: again }).ok).toBe(false)
      expect(attack({ audit: again, audit_head: headOf(again) }).ok).toBe(false)
    }
    const before = [{ ...audit()[0], seq: 0 }, ...audit()]
    expect(attack({ audit: before })).toMatchObject({ ok: false, firstBad: 1 })
  })

  it('are found when any one was changed and everything after it hashed again, the head as well', () => {
    for (let at = 0; at < audit().length; at++) {
      const changed = rechain(audit().with(at, { ...audit()[at], actor: 'mallory' }))
      const verdict = attack({ audit: changed, audit_head: headOf(changed) })
      expect(codes(verdict)).toContain('HEAD_NOT_SIGNED')
      // Even with a head that is signed by the real key: the heads outside know the hash that was.
      const resigned = attack({ audit: changed, audit_head: signedBy(privateKey, changed, audit().length) })
      expect(codes(resigned)).toContain('FORKED')
    }
  })

  it('are found when the end was cut off, at every length, whatever was done to the head', () => {
    for (let length = 1; length < audit().length; length++) {
      const shorter = audit().slice(0, length)
      expect(codes(attack({ audit: shorter }))).toContain('LOG_CUT')
      expect(codes(attack({ audit: shorter, audit_head: headOf(shorter) }))).toContain('HEAD_NOT_SIGNED')
      expect(codes(attack({ audit: shorter, audit_head: signedBy(privateKey, shorter, length) }))).toContain(
        'ROLLED_BACK',
      )
      expect(codes(attack({ audit: shorter, audit_head: [] }))).toContain('HEAD_MISSING')
    }
  })
})

describe('whole histories', () => {
  it('that are older than the heads outside are found: the whole early store put back', () => {
    const lateHeads = readFileSync(late.headsFile, 'utf8')
    const verdict = attack({}, { heads: lateHeads, publicKey })
    expect(verdict).toMatchObject({ ok: false, firstBad: audit().length + 1 })
    expect(codes(verdict)).toContain('ROLLED_BACK')
    // The late store with heads that were set back: they were cut. Both set back fit: the honest limit of anchors kept in one place.
    expect(codes(judge(dump(late.store), anchors()))).toContain('HEADS_CUT')
    expect(judge(store, anchors()).ok).toBe(true)
  })

  it('that forked are found: two went on from the same store with the same key', async () => {
    const other = copyOf(home)
    await write(other, 'other', 2)
    const [here, there] = [dump(late.store), dump(other.store)]
    const [hereHeads, thereHeads] = [readFileSync(late.headsFile, 'utf8'), readFileSync(other.headsFile, 'utf8')]
    expect(judge(here, { heads: hereHeads, publicKey }).ok).toBe(true)
    expect(judge(there, { heads: thereHeads, publicKey }).ok).toBe(true)
    attacks += 3
    // The other one is longer: seen from it the heads of this one fork, seen from this one the other's are ahead.
    expect(codes(judge(there, { heads: hereHeads, publicKey }))).toContain('FORKED')
    expect(codes(judge(here, { heads: thereHeads, publicKey }))).toContain('ROLLED_BACK')
    const both = `${hereHeads}${thereHeads.slice(heads.length)}`
    expect(codes(judge(there, { heads: both, publicKey }))).toContain('FORKED')
    other.remove()
  }, 60_000)
})

describe('anchors', () => {
  const lines = (): readonly string[] => heads.trimEnd().split('\n')
  const joined = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')

  it('that were replaced, or carry an old signature, are found', () => {
    expect(lines().length).toBeGreaterThan(5)
    const mine = generateKeyPairSync('ed25519')
    for (const [index, line] of lines().entries()) {
      const head = JSON.parse(line) as { store: string; seq: number; hash: string; after: number; sig: string }
      const text = `tidegate.audit-head/1\n${head.store}\n${head.seq}\n${head.hash}\n${head.after}\n`
      const sig = sign(null, Buffer.from(text), mine.privateKey).toString('hex')
      const resigned = lines().with(index, JSON.stringify({ ...head, sig }))
      expect(codes(attack({}, { heads: joined(resigned), publicKey }))).toContain('HEADS_SIGNATURE')
      const reused = lines().with(index, JSON.stringify({ ...head, seq: head.seq + 1 }))
      expect(codes(attack({}, { heads: joined(reused), publicKey }))).toContain('HEADS_SIGNATURE')
      const signature = head.sig
      const old = attack({ audit_head: [{ ...rows['audit_head']?.[0], signature }] })
      if (index < lines().length - 1) expect(codes(old)).toContain('HEAD_NOT_SIGNED')
    }
  })

  it('of another key are found: everything signed anew with it, the key in the database exchanged', () => {
    const mine = generateKeyPairSync('ed25519')
    const hex = mine.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
    const body = String(audit()[0]?.['body']).replace(/"public_key":"[0-9a-f]+"/, `"public_key":"${hex}"`)
    const forged = rechain(audit().with(0, { ...audit()[0], body }))
    const change = {
      audit: forged,
      audit_head: signedBy(mine.privateKey, forged, 0),
      meta: [{ ...rows['meta']?.[0], audit_public_key: hex }],
    }
    expect(attack(change).ok).toBe(false)
    expect(codes(attack(change, { publicKey }))).toContain('HEAD_NOT_SIGNED')
    // Who kept neither key nor heads is told that this shows little.
    const blind = attack(change, {})
    expect(blind.ok).toBe(true)
    expect(codes(blind)).toEqual(['KEY_FROM_STORE', 'HEADS_MISSING'])
  })

  it('that are gone are missed: a warning for each line in the middle, a finding for the last, never silence', () => {
    for (let index = 0; index < lines().length; index++) {
      const verdict = attack({}, { heads: joined(lines().toSpliced(index, 1)), publicKey })
      expect(codes(verdict)).toContain(index === lines().length - 1 ? 'HEADS_CUT' : 'HEADS_GAP')
      expect(verdict.ok).toBe(index < lines().length - 1)
    }
    expect(codes(attack({}, { heads: '', publicKey }))).toContain('HEADS_CUT')
    const without = attack({}, { publicKey })
    expect(without).toMatchObject({ ok: true, anchoredTo: 0 })
    expect(codes(without)).toEqual(['HEADS_MISSING'])
    expect(codes(attack({}, { heads }))).toEqual(['KEY_FROM_STORE'])
    expect(codes(attack({}, { heads, publicKey: 'no key' }))).toContain('KEY_UNKNOWN')
  })
})

it('these were more than a hundred thousand attacks', () => {
  expect(attacks).toBeGreaterThan(100_000)
})
