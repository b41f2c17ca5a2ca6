import { decimalPlaces, exactDecimal, NOT_KNOWN, plainText, toPixelValue, utcTime } from '../shared/plain-text.js'
import { asList, asNumber, asTime, type Fields } from '../shared/read-fields.js'
import { refusalOf } from '../shared/refusal.js'

/** More than a server of ours sends; what a page draws stays bounded whatever it is given. */
const MAX_CANDLES = 1_000

/** Seconds of a candle, by the name it goes by. */
const SECONDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '1m': 60,
    '5m': 300,
    '15m': 900,
    '30m': 1_800,
    '1h': 3_600,
    '2h': 7_200,
    '4h': 14_400,
    '6h': 21_600,
    '1d': 86_400,
  }),
)

/** One candle: text exactly as it came, and floats to place it. */
export interface CandleRow {
  readonly startS: number
  readonly time: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
  readonly at: { readonly open: number; readonly high: number; readonly low: number; readonly close: number }
  readonly volumeAt: number
  readonly isUp: boolean
}

/** Where candles come from, in words. */
const sources: ReadonlyMap<string, string> = new Map(
  Object.entries({
    stream: 'from the live stream',
    rest: 'fetched for this call',
    cache: 'from the cache',
  }),
)

export type CandlesState = 'waiting' | 'ready' | 'empty' | 'refused' | 'unreadable'

export interface CandlesView {
  readonly state: CandlesState
  readonly title: string
  readonly productId: string
  readonly granularity: string
  /** Length of one candle, s; the distance between the first two where the name is not known. */
  readonly stepS: number
  readonly rows: readonly CandleRow[]
  /** Most digits after the point among the prices. */
  readonly places: number
  readonly asOfMs: number | undefined
  readonly ageMs: number | undefined
  /** The server itself called the data stale. */
  readonly isStale: boolean
  readonly source: string
  /** What a reader has to know before trusting the picture. */
  readonly notes: readonly string[]
}

const nothing: CandlesView = {
  state: 'waiting',
  title: 'Candles',
  productId: '',
  granularity: '',
  stepS: 0,
  rows: [],
  places: 2,
  asOfMs: undefined,
  ageMs: undefined,
  isStale: false,
  source: '',
  notes: [],
}

/** The page before there is an answer, from the arguments of the call. */
export function waitingCandles(args: Fields): CandlesView {
  const productId = plainText(args['product_id'], 40)
  const granularity = plainText(args['granularity'], 10)
  return { ...nothing, productId, granularity, title: titleOf(productId, granularity) }
}

/** What the page shows of an answer of `get_historical_candles`. Rows that cannot be read are left out and counted. */
export function candlesView(content: Fields, args: Fields = {}): CandlesView {
  const waiting = waitingCandles({ ...args, ...content })
  const refusal = refusalOf(content)
  if (refusal) return { ...waiting, state: 'refused', notes: refusal }
  if (!Array.isArray(content['start_unix_s'])) {
    return { ...waiting, state: 'unreadable', notes: ['This answer holds no candles that this page can read.'] }
  }
  const { rows, skipped } = readRows(content)
  const places = Math.max(0, ...rows.flatMap((row) => [row.open, row.high, row.low, row.close].map(decimalPlaces)))
  const unreadable = rows.length === 0 && skipped > 0
  return {
    ...waiting,
    state: unreadable ? 'unreadable' : rows.length === 0 ? 'empty' : 'ready',
    stepS: SECONDS.get(waiting.granularity) ?? (rows[1]?.startS ?? 0) - (rows[0]?.startS ?? 0),
    rows,
    places,
    asOfMs: asTime(content['as_of']),
    ageMs: asNumber(content['age_ms']),
    isStale: content['stale'] === true,
    source: sources.get(String(content['source'])) ?? '',
    notes: notesOf(content, rows.length, skipped),
  }
}

function notesOf(content: Fields, shown: number, skipped: number): readonly string[] {
  const until = asTime(content['continue_end'])
  return [
    ...(content['stale'] === true ? ['The server calls these candles stale: do not trade on them.'] : []),
    ...(content['truncated'] === true
      ? [
          `More was asked for than fits: only the newest ${shown} are here${until ? `, from ${utcTime(until)} on` : ''}.`,
        ]
      : []),
    ...(skipped > 0
      ? [`${skipped === 1 ? '1 row could not be read and is' : `${skipped} rows could not be read and are`} left out.`]
      : []),
  ]
}

function readRows(content: Fields): { readonly rows: readonly CandleRow[]; readonly skipped: number } {
  const column = (name: string): readonly unknown[] => asList(content[name], MAX_CANDLES)
  const starts = column('start_unix_s')
  const [opens, highs, lows, closes, volumes] = ['open', 'high', 'low', 'close', 'volume'].map(column)
  const rows: CandleRow[] = []
  let skipped = 0
  starts.forEach((start, index) => {
    const startS = asNumber(start)
    const [open, high, low, close, volume] = [opens, highs, lows, closes, volumes].map((c) => exactDecimal(c?.[index]))
    const texts = [open, high, low, close, volume]
    const isWhole = texts.every((text) => text !== undefined && text !== NOT_KNOWN)
    if (startS === undefined || !Number.isSafeInteger(startS) || startS < 0 || startS > 8.64e12 / 1000) skipped++
    else if (!isWhole || startS <= (rows.at(-1)?.startS ?? -1)) skipped++
    else rows.push(rowOf(startS, texts as string[]))
  })
  return { rows, skipped }
}

function rowOf(
  startS: number,
  [open = '', high = '', low = '', close = '', volume = '']: readonly string[],
): CandleRow {
  const at = {
    open: toPixelValue(open),
    high: toPixelValue(high),
    low: toPixelValue(low),
    close: toPixelValue(close),
  }
  const time = utcTime(startS * 1000)
  return { startS, time, open, high, low, close, volume, at, volumeAt: toPixelValue(volume), isUp: at.close >= at.open }
}

function titleOf(productId: string, granularity: string): string {
  return [productId || 'Candles', ...(granularity ? [`${granularity} candles`] : [])].join(', ')
}

/** One line with everything about a candle, for the legend and for screen readers. */
export function sayCandle(row: CandleRow): string {
  return `${row.time}: open ${row.open}, high ${row.high}, low ${row.low}, close ${row.close}, volume ${row.volume}`
}
