import { type Decimal, InvariantError, type OrderTerms, type Product } from '@tidegate/trading-model'
import { acquiredAsset, claimExposure, claimFunds, type ExposureClaim, type FundsClaim, isReducing } from './claims.js'
import { type CountClaims, claimCounts, noCounts } from './count-claims.js'
import { estimateOrder, type OrderNumbers } from './order-estimate.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'
import { type UsdPrices, usdPricesOf } from './valuation.js'

/** The order valued: present when the product exists and the market shows a price. */
export interface ValuedOrder {
  readonly product: Product
  readonly numbers: OrderNumbers
  /** USD per quote unit; `undefined` when unknown, and then nothing may pass. */
  readonly usdPerQuote: Decimal | undefined
  readonly worstValueUsd: Decimal | undefined
  readonly funds: FundsClaim
  /** Asset the order adds to; `undefined` when it adds no exposure. */
  readonly acquires: string | undefined
  /** `undefined` when the order adds no exposure or the exposure cannot be valued. */
  readonly exposure: ExposureClaim | undefined
  readonly counts: CountClaims
}

/** What every rule looks at; computed once. */
export interface RuleContext {
  readonly policy: Policy
  readonly snapshot: RiskSnapshot
  readonly terms: OrderTerms
  /** Ids that name the same book: the product, its alias, and those that alias to it. */
  readonly bookIds: ReadonlySet<string>
  readonly order: ValuedOrder | undefined
  readonly reducesExposure: boolean
  /** False when balances are too old or their source is broken. */
  readonly isAccountUsable: boolean
  /** True for other terms of an order that lives: it repeats nothing and enters nothing anew. */
  readonly isChange: boolean
}

/**
 * @throws {InvariantError} `ERR_INVARIANT`: the snapshot is about another product than the order.
 */
export function buildContext(policy: Policy, snapshot: RiskSnapshot, terms: OrderTerms): RuleContext {
  const { product } = snapshot
  if (product && product.productId !== terms.productId) {
    throw new InvariantError(`Snapshot of ${product.productId} used for an order on ${terms.productId}`)
  }
  const isAccountUsable = snapshot.balances.usable && snapshot.balances.ageMs <= policy.maxAccountAgeMs
  const valued = product && valueOrder(product, policy, snapshot, terms)
  const reducesExposure =
    isAccountUsable && valued !== undefined && isReducing(valued.product, snapshot, terms, valued.numbers)
  return {
    policy,
    snapshot,
    terms,
    bookIds: bookIdsOf(snapshot, terms.productId),
    order: valued && (reducesExposure ? { ...valued, counts: noCounts } : valued),
    reducesExposure,
    isAccountUsable,
    isChange: false,
  }
}

function valueOrder(
  product: Product,
  policy: Policy,
  snapshot: RiskSnapshot,
  terms: OrderTerms,
): ValuedOrder | undefined {
  const numbers = areAmountsPositive(terms) ? estimateOrder(product, snapshot, terms) : undefined
  if (!numbers) return undefined
  const prices: UsdPrices = usdPricesOf(snapshot, numbers.mid)
  const usdPerQuote = prices(product.quoteCurrency)
  const acquires = acquiredAsset(product, terms)
  const worstValueUsd = usdPerQuote && numbers.worstValue.mul(usdPerQuote)
  const acquiredValue = terms.side === 'BUY' ? numbers.notional : numbers.worstValue
  return {
    product,
    numbers,
    usdPerQuote,
    worstValueUsd,
    funds: claimFunds(product, snapshot, terms, numbers, prices),
    acquires,
    exposure:
      acquires && usdPerQuote
        ? claimExposure(acquires, policy, snapshot, acquiredValue.mul(usdPerQuote), prices)
        : undefined,
    counts:
      worstValueUsd && snapshot.recent !== 'unrecorded'
        ? claimCounts(policy, snapshot, worstValueUsd, prices)
        : noCounts,
  }
}

/** Our parser lets nothing else through, but the engine is also used without it. */
function areAmountsPositive(terms: OrderTerms): boolean {
  const amounts = [
    terms.size.kind === 'base' ? terms.size.baseSize : terms.size.quoteSize,
    ...(terms.orderType === 'MARKET' ? [] : [terms.limitPrice]),
    ...('stopPrice' in terms ? [terms.stopPrice] : []),
    ...(terms.orderType === 'SCALED' ? terms.rungs.flatMap((rung) => [rung.limitPrice, rung.baseSize]) : []),
    ...('attached' in terms && terms.attached ? [terms.attached.takeProfitPrice, terms.attached.stopLossPrice] : []),
  ]
  return amounts.every((amount) => amount.isFinite() && amount.gt(0))
}

/** Every id under which the book of a product trades: itself, what its alias names, and what is an alias of it. */
export function bookIdsOf(
  { product, bookProductId }: Pick<RiskSnapshot, 'product' | 'bookProductId'>,
  productId: string,
): ReadonlySet<string> {
  return new Set([productId, bookProductId, ...(product?.alias ? [product.alias] : []), ...(product?.aliasTo ?? [])])
}
