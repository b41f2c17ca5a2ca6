import { Decimal, InvariantError, MICRO_USD } from '@tidegate/trading-model'

const usdLike: ReadonlySet<string> = new Set(['USD', 'USDC'])

/** Money rather than a position: selling for one of these can only bring exposure down. */
const cash: ReadonlySet<string> = new Set([
  'USD',
  'USDC',
  'USDT',
  'EUR',
  'EURC',
  'GBP',
  'CAD',
  'AUD',
  'CHF',
  'JPY',
  'SGD',
  'BRL',
])

const smallestAsset = new Decimal('0.00000001')
const maxInt64 = 2n ** 63n - 1n

/** USD and USDC: one unit is one USD. */
export function isUsdLike(currency: string): boolean {
  return usdLike.has(currency)
}

/** Fiat and the large stablecoins. */
export function isCash(currency: string): boolean {
  return cash.has(currency)
}

export interface Pair {
  readonly base: string
  readonly quote: string
}

/**
 * Base and quote currency of a spot product id (`BTC-USD`).
 *
 * @throws {InvariantError} When the id has no second part: it never passed our parser.
 */
export function pairOf(productId: string): Pair {
  const [base, quote] = productId.split('-')
  if (!base || !quote) throw new InvariantError(`Product id ${JSON.stringify(productId)} names no pair`)
  return { base, quote }
}

/**
 * What one whole unit of a limit row stands for. It depends on the currency alone, never on the product: `balance:BTC` is shared by
 * sells of BTC-USD and buys on ETH-BTC, and a row whose amounts are counted in two units guards nothing.
 */
export function limitUnit(currency: string): Decimal {
  return isUsdLike(currency) ? MICRO_USD : smallestAsset
}

/** Caps live in a signed 64-bit column. Cutting a cap down is always safe. */
export function clampCap(units: bigint): bigint {
  return units > maxInt64 ? maxInt64 : units
}
