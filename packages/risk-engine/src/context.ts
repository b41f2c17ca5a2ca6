import { type Decimal, InvariantError, type OrderTerms, type Product } from '@tidegate/trading-model'
import { acquiredAsset, claimExposure, claimFunds, type ExposureClaim, type FundsClaim, isReducing } from './claims.js'
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
  const order = product && valueOrder(product, policy, snapshot, terms)
  return {
    policy,
    snapshot,
    terms,
    bookIds: bookIdsOf(snapshot, terms),
    order,
    reducesExposure:
      isAccountUsable && order !== undefined && isReducing(order.product, snapshot, terms, order.numbers),
    isAccountUsable,
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
  const acquiredValue = terms.side === 'BUY' ? numbers.notional : numbers.worstValue
  return {
    product,
    numbers,
    usdPerQuote,
    worstValueUsd: usdPerQuote && numbers.worstValue.mul(usdPerQuote),
    funds: claimFunds(product, snapshot, terms, numbers, prices),
    acquires,
    exposure:
      acquires && usdPerQuote
        ? claimExposure(acquires, policy, snapshot, acquiredValue.mul(usdPerQuote), prices)
        : undefined,
  }
}

/** Our parser lets nothing else through, but the engine is also used without it. */
function areAmountsPositive(terms: OrderTerms): boolean {
  const amounts = [
    terms.size.kind === 'base' ? terms.size.baseSize : terms.size.quoteSize,
    ...(terms.orderType === 'MARKET' ? [] : [terms.limitPrice]),
    ...(terms.orderType === 'STOP_LIMIT' ? [terms.stopPrice] : []),
  ]
  return amounts.every((amount) => amount.isFinite() && amount.gt(0))
}

function bookIdsOf(snapshot: RiskSnapshot, terms: OrderTerms): ReadonlySet<string> {
  const { product } = snapshot
  return new Set([
    terms.productId,
    snapshot.bookProductId,
    ...(product?.alias ? [product.alias] : []),
    ...(product?.aliasTo ?? []),
  ])
}
