import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import { entryHash, GENESIS } from './entry-hash.js'
import { bytesOf, textOf, wholeOf } from './raw-rows.js'

/** Something that does not hold: the entry where it shows, where there is one, and a sentence. */
export interface Finding {
  readonly seq?: number
  readonly problem: string
}

const columns = ['actor', 'type', 'intent_id', 'body', 'prev', 'hash'] as const

/** Walks a piece of the chain, oldest first. */
export interface ChainWalk {
  /** Entries found good so far. */
  readonly entries: number
  /** Hash of the last good entry. */
  readonly hash: string
  readonly finding?: Finding
}

export const chainStart: ChainWalk = { entries: 0, hash: GENESIS }

/**
 * Recomputes the hashes of at most `pageSize` entries after `walk`, up to entry `untilSeq`; `onEntry` sees every good one.
 */
export async function walkChain(
  trx: Kysely<Database>,
  walk: ChainWalk,
  options: {
    readonly untilSeq: number
    readonly pageSize: number
    readonly dialect: SqlDialectName
    onEntry(seq: number, hash: string): void
  },
): Promise<ChainWalk> {
  const rows = await trx
    .selectFrom('audit')
    .select(['seq', 'at_ms'])
    .select(columns.map((column) => bytesOf(column, options.dialect).as(column)))
    .where('seq', '>', BigInt(walk.entries))
    .where('seq', '<=', BigInt(options.untilSeq))
    .orderBy('seq')
    .limit(options.pageSize)
    .execute()
  let { entries, hash } = walk
  for (const row of rows) {
    const problem = badEntry(row, entries + 1, hash)
    if (problem !== undefined) return { entries, hash, finding: { seq: entries + 1, problem } }
    entries++
    hash = textOf(row.hash) ?? ''
    options.onEntry(entries, hash)
  }
  return { entries, hash }
}

function badEntry(row: Readonly<Record<string, unknown>>, seq: number, prev: string): string | undefined {
  if (wholeOf(row['seq']) !== seq) return `entry ${seq} is missing`
  const atMs = wholeOf(row['at_ms'])
  const [actor, type, intentId, body, storedPrev, hash] = columns.map((column) => textOf(row[column]))
  if (atMs === undefined || intentId === undefined) return `entry ${seq} cannot be read`
  if (typeof actor !== 'string' || typeof type !== 'string' || typeof body !== 'string') {
    return `entry ${seq} cannot be read`
  }
  if (storedPrev !== prev) return `entry ${seq} does not follow the entry before it`
  return entryHash({ seq, atMs, actor, type, intentId, body }, prev) === hash
    ? undefined
    : `entry ${seq} was changed: its hash does not hold`
}
