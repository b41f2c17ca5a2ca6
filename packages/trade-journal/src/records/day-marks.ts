import { type DayMark, readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import { canonicalJson } from '../codec/canonical-json.js'
import { intColumn, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read, write } from '../write.js'

const pricesJson = z.record(
  z.string(),
  z.string().refine((text) => readDecimal(text) !== undefined, 'is no decimal'),
)
const markRow = z.object({
  day: z.string(),
  prices: z.string().transform((text): unknown => JSON.parse(text)),
  at_ms: intColumn,
})

/** First writer of the day wins: see {@link Journal.markDay}. */
export async function markDay(ctx: JournalContext, mark: DayMark): Promise<DayMark> {
  return await write(ctx, async (tx) => {
    const { numInsertedOrUpdatedRows } = await tx.trx
      .insertInto('day_marks')
      .values({ day: mark.day, prices: canonicalJson(mark.prices), at_ms: BigInt(mark.atMs) })
      .onConflict((conflict) => conflict.column('day').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 1n) await tx.audit({ actor: 'desk', type: 'day.marked', body: { ...mark } })
    const stored = await tx.trx
      .selectFrom('day_marks')
      .selectAll()
      .where('day', '=', mark.day)
      .executeTakeFirstOrThrow()
    return toMark(stored)
  })
}

/** Marks of a UTC day and those after it: see {@link Journal.dayMarks}. */
export async function dayMarks(ctx: JournalContext, sinceDay: string): Promise<readonly DayMark[]> {
  const rows = await read(ctx, async (trx) =>
    trx.selectFrom('day_marks').selectAll().where('day', '>=', sinceDay).orderBy('day').execute(),
  )
  return rows.map(toMark)
}

function toMark(stored: object): DayMark {
  const row = readRow(markRow, stored, 'day_marks')
  return { day: row.day, prices: readRow(pricesJson, row.prices, 'day_marks'), atMs: row.at_ms }
}
