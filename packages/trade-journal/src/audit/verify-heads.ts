import type { Kysely } from 'kysely'
import type { JournalContext } from '../context.js'
import type { Database } from '../sql/database.js'
import type { Engine } from '../sql/engine.js'
import type { AuditHead } from './audit-key.js'
import { badHead, type ExportedHead, type HeadsOnDisk, newestHead } from './heads-file.js'
import type { KeyRing } from './key-change.js'
import { bytesOf, textOf, wholeOf } from './raw-rows.js'
import type { Finding } from './verify-chain.js'

type WithDialect = { readonly engine: Pick<Engine, 'dialect'> }
type WithKeys = { readonly storeId: string; readonly ring: KeyRing }

/** Reads the head row and checks that it is signed, and that the table begins and ends where it says. */
export async function storedHead(trx: Kysely<Database>, ctx: WithKeys & WithDialect): Promise<AuditHead | Finding> {
  const row = await trx
    .selectFrom('audit_head')
    .select(['seq', 'exported_seq'])
    .select([bytesOf('hash', ctx.engine.dialect).as('hash'), bytesOf('signature', ctx.engine.dialect).as('signature')])
    .where('id', '=', 1n)
    .executeTakeFirst()
  const seq = wholeOf(row?.seq)
  const exportedSeq = wholeOf(row?.exported_seq)
  const hash = textOf(row?.hash)
  const signature = textOf(row?.signature)
  if (seq === undefined || exportedSeq === undefined || !hash || !signature) {
    return { problem: 'the head of the audit log is missing or cannot be read' }
  }
  const head = { seq, hash, exportedSeq }
  if (!ctx.ring.verifies(head, signature)) {
    return { problem: `the head in the store (entry ${seq}) is not signed with this store's key` }
  }
  const found = await trx
    .selectFrom('audit')
    .select((e) => [e.fn.countAll<bigint>().as('count'), e.fn.min('seq').as('first'), e.fn.max('seq').as('last')])
    .executeTakeFirstOrThrow()
  const last = wholeOf(found.last) ?? 0
  if (last < seq) return { seq: last + 1, problem: `the log ends at entry ${last}, its signed head is entry ${seq}` }
  if (last > seq) return { seq: seq + 1, problem: `entries after ${seq} are not covered by the signed head` }
  if (wholeOf(found.first) !== 1) return { seq: 1, problem: 'the log does not begin with entry 1' }
  if (wholeOf(found.count) !== seq)
    return { problem: `the log has ${found.count} entries, its signed head says ${seq}` }
  return head
}

/**
 * Checks the heads outside the database: form, signatures, and that none is ahead of the store (which was then rolled back)
 * and none is missing that the store remembers.
 *
 * @param found - Read before `stored` was, or under its lock: what others append afterwards is no sign of anything.
 */
export function verifyHeadsFile(
  ctx: Pick<JournalContext, 'headsPath'> & WithKeys & WithDialect,
  stored: AuditHead,
  found: HeadsOnDisk,
): { readonly heads: readonly ExportedHead[]; readonly finding?: Finding } {
  const { heads } = found
  const bad = (problem: string, seq?: number) => ({
    heads,
    finding: { problem, ...(seq === undefined ? {} : { seq }) },
  })
  if (found.bad) return bad(`line ${found.bad.line} of ${ctx.headsPath}: ${found.bad.why}`)
  for (const head of heads) {
    const why = badHead(head, ctx.storeId, ctx.ring)
    if (why !== undefined) return bad(`the head of entry ${head.seq} in ${ctx.headsPath}: ${why}`)
  }
  const newest = newestHead(heads)?.seq ?? 0
  if (newest > stored.seq) {
    return bad(
      `the store was rolled back: it ends at entry ${stored.seq}, a head outside it is signed for entry ${newest}`,
      stored.seq + 1,
    )
  }
  // On PostgreSQL each gateway has a file of its own, and the store remembers the newest head in any of them.
  if (ctx.engine.dialect === 'sqlite' && newest < stored.exportedSeq) {
    return bad(`${ctx.headsPath} was cut: it ends at entry ${newest}, the store wrote a head for ${stored.exportedSeq}`)
  }
  return { heads }
}
