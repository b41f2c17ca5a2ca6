import { Decimal, type HeldReservation, ONE, type OrderTerms, ZERO } from '@tidegate/trading-model'
import type { Claim } from './claims.js'
import { buildContext, type RuleContext } from './context.js'
import type { CountClaims } from './count-claims.js'
import type { RiskDecision } from './decision.js'
import { decide } from './evaluate-order.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'

/** The order that other terms are wished for, as it stands. */
export interface EditedOrder {
  readonly terms: OrderTerms
  /** Base units filled so far that the new size includes; zero for a new order in its place. */
  readonly filledSize: Decimal
  /** What it holds of the limit rows now. */
  readonly reservations: readonly Pick<HeldReservation, 'scope' | 'window' | 'held'>[]
}

/**
 * Decides about other terms for an order that lives. Every rule looks at the whole new order, as if it were placed now, with two
 * differences: what the order holds already does not count against it, and what is filled of it is not claimed again.
 *
 * An edit that claims no more of any limit row than the order does, and is no more eager for a buy, brings no exposure: it passes in
 * REDUCE_ONLY, and limits that are exceeded already do not stop it.
 *
 * @param snapshot - Its open intents contain the order itself, since the venue holds money for it; not the edit.
 * @returns The reservations of an approved edit are those of the whole new order; transaction 1 takes the excess over the old ones.
 */
export function evaluateEdit(
  policy: Policy,
  snapshot: RiskSnapshot,
  terms: OrderTerms,
  edited: EditedOrder,
): RiskDecision {
  const context = buildContext(policy, snapshot, terms)
  const { order } = context
  if (!order) return decide({ ...context, isChange: true })
  const funds = adjust(order.funds, terms, edited)
  const exposure = order.exposure && adjust(order.exposure, terms, edited)
  const claimsNoMore = funds.isCovered && (exposure?.isCovered ?? true)
  const reducesExposure = context.reducesExposure || (claimsNoMore && !isMoreEager(terms, edited.terms))
  const adjusted: RuleContext = {
    ...context,
    reducesExposure,
    isChange: true,
    order: {
      ...order,
      funds: funds.claim,
      exposure: exposure?.claim,
      counts: mapCounts(order.counts, (claim) => adjust(claim, terms, edited).claim),
    },
  }
  return decide(adjusted, order)
}

function mapCounts({ dailyValue, openOrders, openValue }: CountClaims, map: (claim: Claim) => Claim): CountClaims {
  return {
    dailyValue: dailyValue.map(map),
    openOrders: openOrders.map(map),
    openValue: openValue === 'unknown' ? openValue : openValue.map(map),
  }
}

/** A claim as the rules should see it: without what the order holds already, for the part that is not filled. */
function adjust<T extends Claim>(
  claim: T,
  terms: OrderTerms,
  edited: EditedOrder,
): { readonly claim: T; readonly isCovered: boolean } {
  const held = edited.reservations
    .filter(({ scope, window }) => scope === claim.scope && window === claim.window)
    .reduce((sum, row) => sum + row.held, 0n)
  const amount = claim.window === 'open' ? openPart(claim.amount, terms, edited.filledSize) : claim.amount
  const used = claim.used > held ? claim.used - held : 0n
  const isCovered = amount <= held
  const cap = isCovered && claim.cap < used + amount ? used + amount : claim.cap
  return { claim: { ...claim, used, amount, cap }, isCovered }
}

function openPart(amount: bigint, { size }: OrderTerms, filledSize: Decimal): bigint {
  if (size.kind === 'quote') return amount
  const left = Decimal.max(ZERO, Decimal.min(ONE, size.baseSize.minus(filledSize).div(size.baseSize)))
  return BigInt(new Decimal(amount.toString()).mul(left).ceil().toFixed(0))
}

/** A buy that pays more, or wakes elsewhere, trades sooner, even where it claims no more. */
function isMoreEager(next: OrderTerms, before: OrderTerms): boolean {
  if (next.side === 'SELL') return false
  if (next.orderType === 'MARKET' || before.orderType === 'MARKET') return next.orderType !== before.orderType
  if ('stopPrice' in next && 'stopPrice' in before && !next.stopPrice.eq(before.stopPrice)) return true
  return next.limitPrice.gt(before.limitPrice)
}
