import {
  type Decimal,
  type Intent,
  type IntentState,
  type OrderTerms,
  worstPriceOf,
  ZERO,
} from '@tidegate/trading-model'

/** States in which the venue may have made an edit already. */
const mayBeMade: readonly IntentState[] = ['SUBMITTING', 'UNKNOWN', 'QUARANTINED', 'ACKED']

/**
 * Open intents as the risk engine counts what the venue holds for them: an edit is no order of its own, and an order whose edit may
 * have been made counts with the larger of both terms.
 */
export function foldEdits(intents: readonly Intent[]): readonly Intent[] {
  const edits = new Map(
    intents
      .filter((intent) => intent.kind === 'edit' && mayBeMade.includes(intent.state))
      .map((edit) => [edit.targetIntentId, edit]),
  )
  return intents
    .filter((intent) => intent.kind !== 'edit')
    .map((intent) => {
      const edit = edits.get(intent.intentId)
      return edit && needs(edit.terms).gt(needs(intent.terms)) ? { ...intent, terms: edit.terms } : intent
    })
}

/** What an order asks of its wallet, fee apart: for a buy quote units, for a sell base units. */
function needs(terms: OrderTerms): Decimal {
  if (terms.orderType === 'MARKET' || terms.size.kind !== 'base') return ZERO
  return terms.side === 'BUY' ? terms.size.baseSize.mul(worstPriceOf(terms)) : terms.size.baseSize
}
