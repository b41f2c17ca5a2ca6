import {
  type Decimal,
  isOnIncrement,
  type LimitTerms,
  type Product,
  type StopLimitTerms,
  ZERO,
} from '@tidegate/trading-model'
import { holdRate, limitBuyHold, worstBuyPrice } from '../accounts/hold.js'
import { checkCountable } from './check-countable.js'
import { executeOrder } from './execute-order.js'
import type { Market } from './market.js'
import { isLive, type OrderEdit, type OrderRecord, workableSize } from './records.js'
import { withdraw } from './settle.js'
import type { BracketTerms, ExchangeTerms } from './terms.js'
import { validateOrder } from './validate-order.js'
import type { Work } from './work.js'

/** Why an edit is not taken: the venue's word, and the preview's where the new terms are at fault. */
export interface EditRefusal {
  readonly reason: string
  readonly previewReason?: string
  readonly message: string
}

type EditableTerms = LimitTerms | StopLimitTerms | BracketTerms

/** An edit that may be made. */
export interface EditPlan {
  readonly terms: EditableTerms
  readonly hold: Decimal
  /** True when the order keeps its place: same price, no larger. */
  readonly keepsPlace: boolean
}

/**
 * Checks an edit against the order as it is now (coinbase-api §6.6). Good-till-cancelled limits, stop-limits and brackets can be edited;
 * `size` is the new total, filled units included.
 */
export function planEdit(options: {
  readonly order: OrderRecord
  readonly edit: OrderEdit
  readonly product: Product
  readonly market: Market
  readonly nowMs: number
  readonly available: Decimal
  readonly isParentLive: boolean
}): EditPlan | { readonly refusal: EditRefusal } {
  const { order, edit, product, market, available } = options
  const { terms } = order
  const old = workableSize(order)
  const word = checkKind(order, edit)
  if (word) return refused(word, `a ${terms.orderType} order cannot be edited so`)
  if (!isEditable(terms) || !old) return refused('ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED', 'this order cannot be edited')
  const { baseIncrement, baseMinSize, baseMaxSize, priceIncrement } = product
  const { size, limitPrice, stopPrice } = edit
  if (size.lte(ZERO) || !isOnIncrement(size, baseIncrement) || size.lt(baseMinSize) || size.gt(baseMaxSize)) {
    return refused('INVALID_EDITED_SIZE', 'size does not fit the increment, the minimum or the maximum')
  }
  if (limitPrice.lte(ZERO) || !isOnIncrement(limitPrice, priceIncrement)) {
    return refused('INVALID_EDITED_PRICE', `price is no positive multiple of ${priceIncrement.toFixed()}`)
  }
  if (stopPrice && (stopPrice.lte(ZERO) || !isOnIncrement(stopPrice, priceIncrement))) {
    return refused('INVALID_EDITED_STOP_PRICE', `stop_price is no positive multiple of ${priceIncrement.toFixed()}`)
  }
  if (size.lte(order.filledSize)) {
    return refused('CANNOT_EDIT_TO_BELOW_FILLED_SIZE', `${order.filledSize.toFixed()} is filled already`)
  }
  if (!size.eq(old) && options.isParentLive) {
    return refused('CANNOT_EDIT_ATTACHED_ORDER_SIZE_WITH_OPEN_ORIGINATING_ORDER', 'its size follows the parent’s fills')
  }
  const samePrice = limitPrice.eq(terms.limitPrice)
  const sameStop = !stopPrice || stopPrice.eq(stopOf(terms) ?? stopPrice)
  if (samePrice && sameStop && size.eq(old)) {
    return refused('EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST', 'nothing would change')
  }
  if (order.isTriggered && !sameStop) {
    return refused('CANNOT_EDIT_STOP_PRICE_FOR_TRIGGERED_ORDER', 'the stop has been triggered')
  }
  const next = withEdit(terms, edit)
  // A triggered stop is a plain limit by now; its old trigger has no say.
  const judged: ExchangeTerms =
    next.orderType === 'STOP_LIMIT' && order.isTriggered
      ? { ...next, orderType: 'LIMIT', timeInForce: 'GTC', postOnly: false }
      : next
  const problem =
    validateOrder(product, market, judged, options.nowMs) ?? checkCountable(product, judged, size, undefined)
  if (problem) return refused('COMMANDER_REJECTED_EDIT_ORDER', problem.message, problem.reason)
  const left = size.sub(order.filledSize)
  const rate = holdRate(next, order.takerRate, order.makerRate)
  const hold = next.side === 'SELL' ? left : limitBuyHold(left, worstBuyPrice(next), rate)
  if (hold.sub(order.hold).gt(available)) {
    return refused(
      'COMMANDER_REJECTED_EDIT_ORDER',
      'Insufficient balance in source account',
      'PREVIEW_INSUFFICIENT_FUND',
    )
  }
  return { terms: next, hold, keepsPlace: samePrice && size.lte(old) }
}

/** Makes a planned edit. What changes its price or grows goes to the market again, behind everybody who is there. */
export function applyEdit(work: Work, market: Market, order: OrderRecord, edit: OrderEdit, plan: EditPlan): void {
  const was = {
    limitPrice: 'limitPrice' in order.terms ? order.terms.limitPrice : ZERO,
    size: workableSize(order) ?? ZERO,
    acceptedAtMs: work.nowMs,
  }
  const isWaiting = market.stops.includes(order)
  const isResting = market.resting[order.terms.side].has(order.orderId)
  const moves = !plan.keepsPlace && isResting
  if (moves) {
    withdraw(work, market, order)
    if (isWaiting) market.stops.push(order)
  }
  work.apply({
    kind: 'reworked',
    orderId: order.orderId,
    terms: plan.terms,
    workableSize: edit.size,
    hold: plan.hold,
    ...(moves ? { priority: work.state.nextPriority() } : {}),
    was,
    atMs: work.nowMs,
  })
  work.noteOrder(order)
  if (moves) executeOrder(work, market, order)
  else if (isResting) {
    market.resting[order.terms.side].resize(order.orderId)
    const ticks = market.ticksOf(plan.terms.limitPrice)
    work.noteLevel(market.bookId, plan.terms.side === 'BUY' ? 'bid' : 'ask', ticks)
  }
}

function checkKind(order: OrderRecord, edit: OrderEdit): string | undefined {
  const { terms } = order
  if (terms.orderType === 'MARKET') return 'ONLY_LIMIT_ORDER_EDITS_SUPPORTED'
  if (order.status === 'CANCEL_QUEUED') return 'CANNOT_EDIT_ORDER_PENDING_CANCEL'
  if (order.status === 'PENDING' || !isLive(order)) return 'ONLY_OPEN_ORDERS_CAN_BE_EDITED'
  if (terms.orderType === 'TWAP' || terms.orderType === 'SCALED' || terms.timeInForce !== 'GTC') {
    return 'ORDER_EDIT_ORDER_TYPE_NOT_SUPPORTED'
  }
  if (terms.size.kind === 'quote') return 'SIZE_IN_QUOTE_EDITS_NOT_ALLOWED'
  if (terms.orderType === 'LIMIT' && edit.stopPrice) return 'FIELD_STOPPRICE_NOT_SUPPORTED'
  if (terms.orderType === 'BRACKET' && order.isTriggered) return 'CANNOT_EDIT_TRIGGERED_ORDER'
  return undefined
}

function isEditable(terms: ExchangeTerms): terms is EditableTerms {
  return terms.orderType === 'LIMIT' || terms.orderType === 'STOP_LIMIT' || terms.orderType === 'BRACKET'
}

function stopOf(terms: EditableTerms): Decimal | undefined {
  if (terms.orderType === 'STOP_LIMIT') return terms.stopPrice
  return terms.orderType === 'BRACKET' ? terms.stopTriggerPrice : undefined
}

function withEdit(terms: EditableTerms, { limitPrice, size, stopPrice }: OrderEdit): EditableTerms {
  const next = { limitPrice, size: { kind: 'base', baseSize: size } } as const
  if (terms.orderType === 'LIMIT') return { ...terms, ...next }
  if (terms.orderType === 'STOP_LIMIT') return { ...terms, ...next, stopPrice: stopPrice ?? terms.stopPrice }
  return { ...terms, ...next, stopTriggerPrice: stopPrice ?? terms.stopTriggerPrice }
}

function refused(reason: string, message: string, previewReason?: string): { refusal: EditRefusal } {
  return { refusal: { reason, message, ...(previewReason === undefined ? {} : { previewReason }) } }
}
