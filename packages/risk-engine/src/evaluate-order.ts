import { Decimal, type Denial, formatDecimal, fromUnits, type OrderTerms, ZERO } from '@tidegate/trading-model'
import { mintApprovedOrder } from './approved-order.js'
import { buildContext, type RuleContext, type ValuedOrder } from './context.js'
import type { OrderEstimate, RiskDecision } from './decision.js'
import type { Policy } from './policy.js'
import { allRules } from './rules/all-rules.js'
import { shareAfterPct } from './rules/position-share.js'
import type { RiskSnapshot } from './snapshot.js'
import { saySize } from './text.js'
import { equityUsd, usdPricesOf, walletTotal } from './valuation.js'

/**
 * Decides whether an order may be sent. Runs every rule and returns every reason, so that an order can be mended in one step.
 * Preview, `check_trade_risk` and enforcement all call this: same snapshot, same verdict.
 *
 * > [!NOTE]
 * > A market order has no price limit at the venue. Its worst price is the deepest level of the book of the snapshot; a book that
 * > moves before the order arrives can fill it worse.
 *
 * @param snapshot - Everything the decision is made from; no clock or store is read.
 * @param terms - `baseSize` in base units, `limitPrice` in quote per base.
 * @returns The approved order with its reservations, or all denials. Both carry a finding per rule and the estimate.
 * @throws {InvariantError} `ERR_INVARIANT`: the snapshot is about another product than the order.
 *
 * @example
 * const decision = evaluateOrder(definePolicy({ maxOrderValueUsd: '500' }), snapshot, terms)
 * if (decision.kind === 'denied') console.log(decision.denials[0]?.message)
 * // The order is worth 600.12 USD at its worst price, fee included; one order may be worth 500 USD.
 */
export function evaluateOrder(policy: Policy, snapshot: RiskSnapshot, terms: OrderTerms): RiskDecision {
  return decide(buildContext(policy, snapshot, terms))
}

/**
 * Runs every rule over a prepared context.
 *
 * @param claimed - The order whose claims an approval reserves; by default the one that the rules look at.
 */
export function decide(context: RuleContext, claimed: ValuedOrder | undefined = context.order): RiskDecision {
  const results = allRules.map((rule) => rule(context))
  const findings = results.map((result) => result.finding)
  const denials = results.flatMap((result) => result.denials)
  const { order } = context
  const estimate = order && estimateOf(context, order)
  if (denials.length === 0 && order?.worstValueUsd && claimed && estimate) {
    return { kind: 'approved', order: mintApprovedOrder(context, claimed, order.worstValueUsd), findings, estimate }
  }
  return {
    kind: 'denied',
    denials: denials.length > 0 ? denials : [unvalued],
    findings,
    ...(estimate ? { estimate } : {}),
  }
}

/** Nothing passes that could not be valued, whatever the rules say. */
const unvalued: Denial = {
  code: 'RISK_STALE_DATA',
  limit: 'valued',
  actual: 'not valued',
  unit: 'state',
  message: 'The order could not be valued, so no limit could be checked.',
}

function estimateOf(context: RuleContext, order: ValuedOrder): OrderEstimate | undefined {
  const { numbers, usdPerQuote } = order
  if (!usdPerQuote) return undefined
  return {
    worstPrice: formatDecimal(numbers.worstPrice),
    expectedPrice: saySize(numbers.expectedPrice),
    baseSize: formatDecimal(numbers.baseSize),
    notional: formatDecimal(numbers.notional),
    fee: formatDecimal(numbers.fee),
    feeRate: formatDecimal(numbers.feeRate),
    total: formatDecimal(numbers.total),
    notionalUsd: formatDecimal(numbers.notional.mul(usdPerQuote)),
    mid: formatDecimal(numbers.mid),
    positionPctAfter: formatDecimal(positionPctAfter(context, order).toDecimalPlaces(4, Decimal.ROUND_UP)),
  }
}

/** Share of the base asset after the order, percent: for buys with all live buys filled, for sells what remains. */
function positionPctAfter(
  { snapshot, terms }: RuleContext,
  { product, numbers, exposure, funds }: ValuedOrder,
): Decimal {
  if (terms.side === 'BUY') return exposure ? shareAfterPct(exposure) : new Decimal(100)
  const prices = usdPricesOf(snapshot, numbers.mid)
  const price = prices(product.baseCurrency)
  const equity = equityUsd(snapshot.balances.value, prices)
  if (!price || !equity.gt(0)) return ZERO
  const left = walletTotal(snapshot.balances.value, product.baseCurrency).minus(
    fromUnits(funds.amount, funds.unitValue),
  )
  return Decimal.max(left.mul(price).div(equity).mul(100), ZERO)
}
