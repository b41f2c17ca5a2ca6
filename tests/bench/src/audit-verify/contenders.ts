import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { verifyAudit } from '@tidegate/audit-verifier'
import type { Contender, Scale } from '../contender.js'
import { stopwatch } from '../stopwatch.js'
import { placesIn } from './write-store.js'

/** Names the folder with the store, for processes that measure it. */
export const STORE_FOLDER = 'TIDEGATE_BENCH_STORE'

/** Five entries each. */
export const ordersIn = (scale: Scale): number => (scale === 'tiny' ? 200 : 200_000)

const entriesIn = (scale: Scale): number => ordersIn(scale) * 5

/** The whole check of a SQLite store: entries, heads, and every record beside them. */
export const wholeCheck: Contender = {
  name: 'verifyAudit',
  prepare: (scale) => {
    const places = placesIn(process.env[STORE_FOLDER] ?? '')
    return async () => {
      const stop = stopwatch()
      const { ok, entries, findings } = await verifyAudit(places)
      const used = stop()
      if (!ok || entries < entriesIn(scale)) throw new Error(`the store does not hold: ${JSON.stringify(findings[0])}`)
      return { operations: entriesIn(scale), ...used, outcome: { entries: entriesIn(scale) } }
    }
  },
}

interface Database {
  prepare(sql: string): { iterate(): IterableIterator<Readonly<Record<string, unknown>>> }
  close(): void
}

/**
 * The least that a check can be, written as anybody would: every entry as the driver hands it out, its hash and the hash before. No canonical
 * form, no head, no records; a text that is no UTF-8 would end it.
 */
export const plainChain: Contender = {
  name: 'rows from the driver, chain alone',
  prepare: (scale) => {
    const { store } = placesIn(process.env[STORE_FOLDER] ?? '')
    const Libsql = createRequire(import.meta.url)('libsql') as new (path: string) => Database
    return () => {
      const stop = stopwatch()
      const database = new Libsql(store)
      let before = '0'.repeat(64)
      let entries = 0
      for (const row of database.prepare('select * from audit order by seq').iterate()) {
        const { seq, at_ms, actor, type, intent_id, body, prev, hash } = row
        const text = JSON.stringify(['tidegate.audit/1', seq, at_ms, actor, type, intent_id, body, prev])
        if (prev !== before || createHash('sha256').update(text).digest('hex') !== hash) throw new Error('no chain')
        before = hash as string
        entries++
      }
      database.close()
      if (entries < entriesIn(scale)) throw new Error('entries are missing')
      return { operations: entriesIn(scale), ...stop(), outcome: { entries: entriesIn(scale) } }
    }
  },
}

/** The bare mechanism: SHA-256 over texts of the same length, each with the hash before; nothing read, nothing compared. */
export const chainAlone: Contender = {
  name: 'SHA-256 chain alone',
  prepare: (scale) => {
    const text = `["tidegate.audit/1",${'x'.repeat(560)},"`
    return () => {
      const stop = stopwatch()
      let hash = '0'.repeat(64)
      for (let entry = 0; entry < entriesIn(scale); entry++)
        hash = createHash('sha256').update(`${text}${hash}"]`).digest('hex')
      if (hash.length !== 64) throw new Error('no hash')
      return { operations: entriesIn(scale), ...stop(), outcome: { entries: entriesIn(scale) } }
    }
  },
}
