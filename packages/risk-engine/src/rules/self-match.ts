import {
  type BracketTerms,
  type Decimal,
  formatDecimal,
  type Intent,
  type IntentState,
  type LimitTerms,
  type OrderTerms,
  type ScaledTerms,
} from '@tidegate/trading-model'
import type { RuleContext } from '../context.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'self-match'

/** States in which an order may rest in the book now or in a moment. */
const mayRest: ReadonlySet<IntentState> = new Set<IntentState>([
  'RESERVED',
  'SUBMITTING',
  'UNKNOWN',
  'QUARANTINED',
  'ACKED',
  'OPEN',
])

/**
 * The order reaches no resting order of the same account on the other side of the book, whichever agent or person placed it and under
 * whichever name of the book. Trading with oneself costs two fees and looks like manipulation.
 */
export const selfMatch: Rule = (context) => {
  const { policy, order, terms } = context
  if (policy.refuseSelfMatch !== true) return notApplicable(name, 'no limit')
  // A stop rests outside the book until it wakes; a post-only order that would cross is refused by the venue.
  if (terms.orderType === 'STOP_LIMIT') return notApplicable(name, 'a stop')
  if (terms.orderType === 'LIMIT' && terms.postOnly) return notApplicable(name, 'post-only')
  if (!order) return notValued(name)
  // The stop of a bracket rests outside the book like any stop; its profit is what rests inside.
  const reach = terms.orderType === 'BRACKET' ? terms.limitPrice : order.numbers.worstPrice
  const unit = order.product.quoteCurrency
  const [nearest] = restingAgainst(context).sort((a, b) =>
    terms.side === 'BUY' ? a.price.comparedTo(b.price) : b.price.comparedTo(a.price),
  )
  if (!nearest) return pass(name, { limit: 'none resting', actual: formatDecimal(reach), unit })
  const figures = { limit: formatDecimal(nearest.price), actual: formatDecimal(reach), unit }
  const crosses = terms.side === 'BUY' ? reach.gte(nearest.price) : reach.lte(nearest.price)
  if (!crosses) return pass(name, figures)
  const other = nearest.intent
  return deny(name, {
    code: 'RISK_SELF_MATCH',
    ...figures,
    message: `The order reaches ${formatDecimal(reach)} ${unit} and would trade with an order of the same account: ${other.terms.side} at ${formatDecimal(nearest.price)} on ${other.terms.productId} (intent ${other.intentId}, by ${other.principal}).`,
    cure: `cancel intent ${other.intentId} first`,
  })
}

function restingAgainst({ snapshot, terms, bookIds }: RuleContext): { intent: Intent; price: Decimal }[] {
  return snapshot.openIntents.flatMap((intent) =>
    intent.terms.side !== terms.side &&
    restsInBook(intent.terms) &&
    bookIds.has(intent.terms.productId) &&
    mayRest.has(intent.state)
      ? [{ intent, price: intent.terms.limitPrice }]
      : [],
  )
}

/** Kinds that lie in the book at their limit; of a ladder its order that is nearest to the other side. */
function restsInBook(terms: OrderTerms): terms is LimitTerms | BracketTerms | ScaledTerms {
  return terms.orderType === 'LIMIT' || terms.orderType === 'BRACKET' || terms.orderType === 'SCALED'
}
