import { type DayMark, type Decimal, formatDecimal, type Product } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'

const dayMs = 86_400_000

/** UTC day of a moment, `2026-11-24`. */
export function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

export interface DayMarks {
  /**
   * The prices the day is measured from; sets them when nobody has yet.
   *
   * @param known - USD per unit now, by currency.
   * @param held - Currencies with a balance. While one of them is traded but has no price, no mark is set.
   * @returns `undefined` while no good mark can be set: the result of the day is then not known.
   */
  today(known: Readonly<Record<string, Decimal>>, held: readonly string[]): Promise<DayMark | undefined>
  /**
   * The marks of the last `days` UTC days, oldest first, from the journal: they are there after a restart as well.
   *
   * @throws {StoreError} The journal failed.
   */
  recent(days: number): Promise<readonly DayMark[]>
  /** True when the mark of the running day is known here. */
  isCurrent(): boolean
}

/**
 * Opening marks of the UTC day: the first process that looks sets them, all others and all restarts use the same ones. They stand for
 * the whole day, so they are set from a complete view or not at all; they cover the catalogue, so that an asset deposited later has
 * an opening price, too.
 */
export function createDayMarks(context: DeskContext): DayMarks {
  const { journal, market, log } = context
  let mark: DayMark | undefined
  let known: { readonly key: string; readonly marks: readonly DayMark[] } | undefined

  async function readCatalog(): Promise<readonly Product[] | undefined> {
    try {
      return (await market.products()).value
    } catch (error) {
      log.debug('day_not_marked', { error: describeError(error) })
      return undefined
    }
  }

  return {
    async recent(days) {
      const since = utcDay(context.storeNowMs() - (days - 1) * dayMs)
      const key = `${since} ${mark?.day ?? ''}`
      if (known?.key !== key) known = { key, marks: await journal.dayMarks(since) }
      return known.marks
    },
    isCurrent: () => mark?.day === utcDay(context.storeNowMs()),
    async today(known, held) {
      const nowMs = context.storeNowMs()
      const day = utcDay(nowMs)
      if (mark?.day === day) return mark
      const catalog = await readCatalog()
      if (!catalog) return undefined
      const prices = { ...pricesOf(catalog), ...texts(known) }
      const traded = new Set(catalog.map((product) => product.productId))
      const missing = held.filter((currency) => !Object.hasOwn(prices, currency) && traded.has(`${currency}-USD`))
      if (missing.length > 0) {
        log.warn('day_not_marked', { day, missing })
        return undefined
      }
      mark = await journal.markDay({ day, prices, atMs: nowMs })
      return mark
    },
  }
}

function pricesOf(catalog: readonly Product[]): Record<string, string> {
  return Object.fromEntries(
    catalog.flatMap(({ baseCurrency, quoteCurrency, price }) =>
      quoteCurrency === 'USD' && price?.gt(0) ? [[baseCurrency, formatDecimal(price)]] : [],
    ),
  )
}

function texts(prices: Readonly<Record<string, Decimal>>): Record<string, string> {
  return Object.fromEntries(Object.entries(prices).map(([currency, price]) => [currency, formatDecimal(price)]))
}
