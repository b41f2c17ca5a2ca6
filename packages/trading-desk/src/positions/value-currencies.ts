import { type Decimal, NotFoundError, ONE } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

export interface UsdValues {
  /** USD per unit, by currency. A currency without a fresh price is absent: unknown, never 0. */
  readonly prices: Readonly<Record<string, Decimal>>
  /** Oldest price used, ms since epoch (UTC); now when only money was asked for. */
  readonly oldestAtMs: number
}

const usdLike = new Set(['USD', 'USDC'])

/** Values currencies in USD by the last trade of their USD product; what is too old or not traded is left out. */
export async function valueCurrencies(context: DeskContext, currencies: Iterable<string>): Promise<UsdValues> {
  const { clock, market, settings } = context
  const values = await Promise.all(
    [...new Set(currencies)].map(async (currency) => {
      if (usdLike.has(currency)) return { currency, price: ONE, asOfMs: clock.nowMs() }
      try {
        const { value, asOfMs, stale } = await market.ticker(`${currency}-USD`, settings.valuationMaxAgeMs)
        return stale || !value.price.gt(0) ? undefined : { currency, price: value.price, asOfMs }
      } catch (error) {
        if (!(error instanceof NotFoundError)) context.log.debug('valuation_failed', { currency })
        return undefined
      }
    }),
  )
  const found = values.filter((value) => value !== undefined)
  return {
    prices: { USD: ONE, USDC: ONE, ...Object.fromEntries(found.map(({ currency, price }) => [currency, price])) },
    oldestAtMs: Math.min(clock.nowMs(), ...found.map(({ asOfMs }) => asOfMs)),
  }
}
