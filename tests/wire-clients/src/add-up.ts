import { Decimal } from '@tidegate/trading-model'
import { check } from './judge.js'

/** A fill as the wire has it. */
export interface RawFill {
  readonly price: string
  readonly size: string
  readonly size_in_quote: boolean
  readonly commission: string
  readonly side: string
}

/** A wallet as the wire has it. */
export interface RawAccount {
  readonly currency: string
  readonly available_balance: { readonly value: string }
  readonly hold: { readonly value: string }
}

/**
 * Adds fills of BTC-USD up, from what was there before them, and compares with the wallets to the last digit. A fill sized in quote shows
 * its quote; its base is that over the price, to 16 decimals, half up (coinbase-api §14.3).
 */
export function checkFillsAgainstWallets(fills: readonly RawFill[], accounts: readonly RawAccount[]): void {
  let usd = new Decimal(10_000)
  let btc = new Decimal(0)
  for (const { price, size, size_in_quote, commission, side } of fills) {
    const value = size_in_quote ? new Decimal(size) : new Decimal(size).mul(price)
    const base = size_in_quote ? value.div(price).toDecimalPlaces(16, Decimal.ROUND_HALF_UP) : new Decimal(size)
    const sign = side === 'BUY' ? 1 : -1
    usd = usd.sub(value.mul(sign)).sub(commission)
    btc = btc.add(base.mul(sign))
  }
  check(fills.length >= 4, `only ${fills.length} fills`)
  check(fills.some((fill) => fill.size_in_quote) && fills.some((fill) => !fill.size_in_quote), 'not both kinds of fill')
  for (const [currency, wanted] of [
    ['USD', usd],
    ['BTC', btc],
  ] as const) {
    const account = accounts.find((row) => row.currency === currency)
    const { value } = account?.available_balance ?? { value: 'no wallet' }
    check(value === wanted.toFixed(), `${currency} ${value}, fills say ${wanted.toFixed()}`)
    check(account?.hold.value === '0', `${account?.hold.value} ${currency} is still held`)
  }
}
