import { exactDecimal, NOT_KNOWN, plainText, sumOf, utcTime } from '../shared/plain-text.js'
import { asList, asRecord, asTime, type Fields } from '../shared/read-fields.js'
import type { CandleRow } from './candles-model.js'

/** With more marks than this a picture shows only arrows and sides; sizes and prices stand in the table. */
const MAX_LABELLED = 24

/** One execution of one's own. */
export interface FillRow {
  readonly atMs: number
  readonly time: string
  readonly side: 'BUY' | 'SELL'
  readonly size: string
  readonly price: string
  readonly fee: string
  readonly orderId: string
}

/** All executions of one side inside one candle. */
export interface FillMark {
  readonly startS: number
  readonly side: 'BUY' | 'SELL'
  readonly label: string
}

/** What is known of one's own fills. `partly`: there are more than were asked for. */
export type FillsState = 'asking' | 'known' | 'partly' | 'refused' | 'no_way'

export interface FillsView {
  readonly state: FillsState
  readonly rows: readonly FillRow[]
  /** Why fills are missing, when they are. */
  readonly note: string
}

/** Fills of one product in a page of `get_history`, newest first as they come; what cannot be read is left out. */
export function readFills(content: Fields, productId: string): readonly FillRow[] {
  return asList(content['fills'], 500).flatMap((item) => {
    const fill = asRecord(item)
    const atMs = asTime(fill['traded_at'])
    const { side } = fill
    const [size, price] = [exactDecimal(fill['size']), exactDecimal(fill['price'])]
    if (atMs === undefined || (side !== 'BUY' && side !== 'SELL') || fill['product_id'] !== productId) return []
    if (size === NOT_KNOWN || price === NOT_KNOWN) return []
    const commission = exactDecimal(fill['commission'])
    const fee = commission === NOT_KNOWN ? NOT_KNOWN : `${commission} ${plainText(fill['fee_currency'], 12)}`.trim()
    return [{ atMs, time: utcTime(atMs), side, size, price, fee, orderId: plainText(fill['order_id'], 60) }]
  })
}

/** Marks on the candles that the fills fell into; fills outside every candle have none. */
export function marksOf(fills: readonly FillRow[], rows: readonly CandleRow[], stepS: number): readonly FillMark[] {
  const groups = new Map<string, FillRow[]>()
  for (const fill of fills) {
    const atS = Math.floor(fill.atMs / 1000)
    const row = lastAtOrBefore(rows, atS)
    if (!row || atS >= row.startS + stepS) continue
    const key = `${row.startS} ${fill.side}`
    groups.set(key, [...(groups.get(key) ?? []), fill])
  }
  const isCrowded = groups.size > MAX_LABELLED
  return [...groups]
    .map(([key, group]) => {
      const [start, side] = key.split(' ')
      const [first] = group
      const letter = side === 'BUY' ? 'B' : 'S'
      const sum = sumOf(group.map((fill) => fill.size))
      const label =
        group.length > 1 ? `${letter} ${sum} in ${group.length}` : `${letter} ${first?.size} @ ${first?.price}`
      return {
        startS: Number(start),
        side: side as FillRow['side'],
        label: isCrowded ? letter : label,
      }
    })
    .sort((a, b) => a.startS - b.startS || (a.side < b.side ? -1 : 1))
}

function lastAtOrBefore(rows: readonly CandleRow[], atS: number): CandleRow | undefined {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.startS ?? 0) <= atS) low = middle + 1
    else high = middle
  }
  return rows[low - 1]
}

/** Fills inside one candle, in words. */
export function sayFills(fills: readonly FillRow[], row: CandleRow, stepS: number): string {
  const inside = fills.filter(({ atMs }) => atMs >= row.startS * 1000 && atMs < (row.startS + stepS) * 1000)
  return inside.map(({ side, size, price }) => `${side === 'BUY' ? 'bought' : 'sold'} ${size} at ${price}`).join(', ')
}
