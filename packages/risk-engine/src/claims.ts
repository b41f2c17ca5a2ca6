import {
  type Decimal,
  fromUnits,
  MICRO_USD,
  type OrderTerms,
  type Product,
  type Reservation,
  toUnitsDown,
  toUnitsUp,
} from '@tidegate/trading-model'
import { clampCap, isCash, isUsdLike, limitUnit } from './currencies.js'
import type { OrderNumbers } from './order-estimate.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'
import { equityUsd, externalBuysUsd, type UsdPrices, walletTotal } from './valuation.js'
import { viewWallet, type WalletView } from './wallet.js'

/** What the order wants of one limit row, with what is used of it already. Whole units, so the comparison is exact. */
export interface Claim extends Reservation {
  readonly used: bigint
  /** Value of one unit. */
  readonly unitValue: Decimal
}

/** `used + amount <= cap`: the same comparison that transaction 1 makes in SQL. */
export function fits(claim: Claim): boolean {
  return claim.used + claim.amount <= claim.cap
}

/** What is left of the row, as a decimal; never negative. */
export function roomIn(claim: Claim): Decimal {
  const left = claim.cap - claim.used
  return fromUnits(left > 0n ? left : 0n, claim.unitValue)
}

/** A row of the snapshot that an amount counts against. */
export function rowUsed(snapshot: RiskSnapshot, scope: string, window: string): bigint {
  return snapshot.usage.rows
    .filter((row) => row.scope === scope && row.window === window)
    .reduce((sum, row) => sum + row.used, 0n)
}

export interface FundsClaim extends Claim {
  readonly currency: string
  readonly wallet: WalletView
}

/** Buys pay quote currency with the fee inside; sells give base. The wallet follows the product id as submitted, not its alias. */
export function claimFunds(
  product: Product,
  snapshot: RiskSnapshot,
  terms: OrderTerms,
  numbers: OrderNumbers,
  prices: UsdPrices,
): FundsClaim {
  const currency = terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency
  const wallet = viewWallet(snapshot, currency, prices)
  const unitValue = limitUnit(currency)
  const scope = `balance:${currency}`
  return {
    scope,
    window: 'open',
    amount: toUnitsUp(terms.side === 'BUY' ? numbers.total : numbers.baseSize, unitValue),
    cap: clampCap(toUnitsDown(wallet.cap, unitValue)),
    unit: `${unitValue.toFixed()} ${currency}`,
    used: rowUsed(snapshot, scope, 'open'),
    unitValue,
    currency,
    wallet,
  }
}

export interface ExposureClaim extends Claim {
  readonly asset: string
  readonly equityUsd: Decimal
  /** What is held now plus what orders from outside Tidegate may still buy. */
  readonly positionUsd: Decimal
}

/**
 * The asset an order adds to. Buys add their base; a sell adds its quote unless that is money (ETH-BTC sells add BTC).
 *
 * @returns `undefined` when the order adds no exposure.
 */
export function acquiredAsset(
  product: Pick<Product, 'baseCurrency' | 'quoteCurrency'>,
  terms: OrderTerms,
): string | undefined {
  if (terms.side === 'BUY') return product.baseCurrency
  return isCash(product.quoteCurrency) ? undefined : product.quoteCurrency
}

/**
 * Claim on the share of the portfolio one asset may have. Cap = ⌊share × equity − position⌋ in micro-USD; `used` is what our live
 * buys of the asset reserve, whatever product they go through.
 *
 * @returns `undefined` when the position or an order from outside cannot be valued.
 */
export function claimExposure(
  asset: string,
  policy: Policy,
  snapshot: RiskSnapshot,
  amountUsd: Decimal,
  prices: UsdPrices,
): ExposureClaim | undefined {
  const price = prices(asset)
  const external = externalBuysUsd(snapshot, asset, prices)
  if (!price || !external) return undefined
  const equity = equityUsd(snapshot.balances.value, prices)
  const position = walletTotal(snapshot.balances.value, asset).mul(price).plus(external)
  const share = equity.mul(policy.maxPositionSizePct).div(100)
  const scope = `exposure:${asset}`
  return {
    scope,
    window: 'open',
    amount: toUnitsUp(amountUsd, MICRO_USD),
    cap: clampCap(toUnitsDown(share.minus(position), MICRO_USD)),
    unit: `${MICRO_USD.toFixed()} USD`,
    used: rowUsed(snapshot, scope, 'open'),
    unitValue: MICRO_USD,
    asset,
    equityUsd: equity,
    positionUsd: position,
  }
}

/** True when an order can only bring exposure down: a sell for money of what the wallet holds. */
export function isReducing(
  product: Product,
  snapshot: RiskSnapshot,
  terms: OrderTerms,
  numbers: OrderNumbers,
): boolean {
  return (
    terms.side === 'SELL' &&
    isCash(product.quoteCurrency) &&
    !isUsdLike(product.baseCurrency) &&
    numbers.baseSize.lte(walletTotal(snapshot.balances.value, product.baseCurrency))
  )
}
