import { createHash } from 'node:crypto'
import {
  type Decimal,
  type Denial,
  formatDecimal,
  type Intent,
  type OrderTerms,
  serializeTerms,
  ZERO,
} from '@tidegate/trading-model'
import type { EditRequest } from '../desk.js'
import { isLive } from '../lifecycle/order-kind.js'

export type ChangeKind = 'edit' | 'replace'

/**
 * Coinbase edits resting limit orders that are good till cancelled; everything else that rests is cancelled and placed anew. So are
 * orders with exits: what an edit does not repeat of those is not known to stay.
 */
export function changeKindFor(terms: OrderTerms): ChangeKind {
  const canBeEdited =
    terms.orderType === 'LIMIT' && terms.timeInForce === 'GTC' && terms.size.kind === 'base' && !terms.attached
  return canBeEdited ? 'edit' : 'replace'
}

/** SHA-256 of what was asked for, hex: a repeat is recognised by it, however far the order has moved since. */
export function hashChange(kind: ChangeKind, targetIntentId: string, wish: EditRequest): string {
  const text = (value: Decimal | undefined): string | null => (value === undefined ? null : formatDecimal(value))
  const parts = [kind, targetIntentId, text(wish.limitPrice), text(wish.size), text(wish.stopPrice)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

export type CompletedTerms =
  | { readonly ok: true; readonly terms: OrderTerms; readonly keepsPlace: boolean }
  | { readonly ok: false; readonly terms: OrderTerms; readonly denial: Denial }

/**
 * The full terms after a change: what was not named keeps the order's own value, so that price and size are always both known.
 *
 * For an edit `size` is the new total with what has filled; a replacement is a new order over what is left of it.
 */
export function completeTerms(target: Intent, wish: EditRequest, kind: ChangeKind): CompletedTerms {
  const { terms } = target
  const refuse = (code: Denial['code'], actual: string, message: string, cure?: string): CompletedTerms => ({
    ok: false,
    terms,
    denial: { code, limit: 'open', actual, unit: 'state', message, ...(cure === undefined ? {} : { cure }) },
  })
  const wouldRest = terms.timeInForce === 'GTC' || terms.timeInForce === 'GTD'
  if (terms.orderType === 'MARKET' || !wouldRest || terms.size.kind !== 'base') {
    return refuse('EDIT_NOT_POSSIBLE', terms.orderType, 'Nothing of this order rests, so it cannot be changed.')
  }
  if (terms.orderType === 'TWAP' || terms.orderType === 'SCALED') {
    return refuse(
      'EDIT_NOT_POSSIBLE',
      terms.orderType,
      `A ${terms.orderType} order cannot be changed while it works.`,
      'cancel it and place a new one for what is left',
    )
  }
  if (target.principal === 'external') {
    return refuse(
      'EDIT_NOT_POSSIBLE',
      'external',
      'Somebody placed this order outside Tidegate; it can only be cancelled.',
    )
  }
  if (!isLive(target)) {
    return refuse(
      'ORDER_NOT_OPEN',
      target.state,
      `The order is ${target.state}; only an order that is open can be changed.`,
    )
  }
  if (target.cancel !== 'none' && target.cancel !== 'refused') {
    return refuse('ORDER_NOT_OPEN', 'being cancelled', 'The order is being cancelled and cannot be changed any more.')
  }
  if (wish.stopPrice && !('stopPrice' in terms)) {
    return refuse('EDIT_NOT_POSSIBLE', terms.orderType, 'This order has no stop price.', 'leave stop_price out')
  }
  const total = wish.size ?? terms.size.baseSize
  const wanted: OrderTerms = {
    ...terms,
    size: { kind: 'base', baseSize: total },
    limitPrice: wish.limitPrice ?? terms.limitPrice,
    ...('stopPrice' in terms ? { stopPrice: wish.stopPrice ?? terms.stopPrice } : {}),
  } as OrderTerms
  if (serializeTerms(wanted) === serializeTerms(terms)) {
    return refuse('EDIT_NO_CHANGE', 'the same', 'The order has these terms already.')
  }
  if (total.lte(target.filledSize)) {
    const denial: Denial = {
      code: 'INVALID_ORDER_SIZE',
      limit: target.filledSize,
      actual: formatDecimal(total),
      unit: target.terms.productId.split('-')[0] ?? '',
      message: `size is the new total, and ${target.filledSize} of it has filled already.`,
      cure: `use a size above ${target.filledSize}, or cancel the order`,
    }
    return { ok: false, terms, denial }
  }
  const samePrice = !wish.limitPrice || wish.limitPrice.eq(terms.limitPrice)
  const left = kind === 'replace' ? total.minus(target.filledSize) : total
  return {
    ok: true,
    terms: { ...wanted, size: { kind: 'base', baseSize: left } },
    keepsPlace: kind === 'edit' && samePrice && total.lt(terms.size.baseSize),
  }
}

/** What an edit's new size includes of what has filled; a replacement begins anew. */
export function includedFill(kind: ChangeKind, target: Intent): Decimal {
  return kind === 'edit' ? ZERO.plus(target.filledSize) : ZERO
}
