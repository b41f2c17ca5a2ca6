import { Decimal } from '@tidegate/trading-model'
import type { OrderRecord } from './records.js'
import type { AttachedTerms, ExchangeTerms } from './terms.js'
import type { Work } from './work.js'

/** What an order is made of when it is accepted. */
export interface NewOrder {
  readonly orderId: string
  readonly clientOrderId: string
  readonly portfolioId: string
  readonly terms: ExchangeTerms
  readonly product: { readonly baseCurrency: string; readonly quoteCurrency: string }
  readonly takerRate: Decimal
  readonly makerRate: Decimal
  readonly hold: Decimal
  readonly workableSize: Decimal | undefined
  readonly attached?: AttachedTerms | undefined
  readonly originatingOrderId?: string
}

/** The record of an order at the moment of its acceptance. */
export function newOrderRecord(work: Work, order: NewOrder): OrderRecord {
  const { terms, product, attached, originatingOrderId, workableSize } = order
  const zero = new Decimal(0)
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    portfolioId: order.portfolioId,
    sequence: work.state.nextOrderSequence(),
    priority: work.state.nextPriority(),
    terms,
    baseCurrency: product.baseCurrency,
    quoteCurrency: product.quoteCurrency,
    takerRate: order.takerRate,
    makerRate: order.makerRate,
    status: 'PENDING',
    isTriggered: false,
    holdCurrency: terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency,
    hold: order.hold,
    filledSize: zero,
    filledValue: zero,
    totalFees: zero,
    fillCount: 0,
    createdAtMs: work.nowMs,
    updatedAtMs: work.nowMs,
    cancelMessage: '',
    gaps: [],
    editHistory: [],
    ...(workableSize === undefined ? {} : { workableSize }),
    ...(attached === undefined ? {} : { attached }),
    ...(originatingOrderId === undefined ? {} : { originatingOrderId }),
    ...(terms.orderType === 'TWAP' ? { slicesSent: 0 } : {}),
    ...(terms.orderType === 'SCALED' ? { legs: terms.rungs.map((rung) => ({ ...rung, filledSize: zero })) } : {}),
  }
}
