import type { AuditEntry, Journal } from '@tidegate/trading-model'
import { z } from 'zod'
import { intColumn, present, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

type EntryQuery = Parameters<Journal['auditEntries']>[0]

const entryRow = z.object({
  seq: intColumn,
  at_ms: intColumn,
  actor: z.string(),
  type: z.string(),
  intent_id: z.string().nullable(),
  body: z.string(),
  hash: z.string(),
})

/** Entries oldest first, from `fromSeq` on. */
export async function listEntries(ctx: JournalContext, query: EntryQuery): Promise<readonly AuditEntry[]> {
  const rows = await read(ctx, async (trx) => {
    let select = trx.selectFrom('audit').selectAll().orderBy('seq').limit(query.limit)
    if (query.fromSeq !== undefined) select = select.where('seq', '>=', BigInt(query.fromSeq))
    if (query.intentId !== undefined) select = select.where('intent_id', '=', query.intentId)
    return await select.execute()
  })
  return rows.map((stored) => {
    const row = readRow(entryRow, stored, 'audit')
    return {
      seq: row.seq,
      atMs: row.at_ms,
      actor: row.actor,
      type: row.type,
      body: row.body,
      hash: row.hash,
      ...present({ intentId: row.intent_id }),
    }
  })
}
