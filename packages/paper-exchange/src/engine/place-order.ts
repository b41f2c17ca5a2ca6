import { InvariantError } from '@tidegate/trading-model'
import { checkCountable } from './check-countable.js'
import type { EngineCore } from './engine-core.js'
import type { OrderPreview, PlaceOptions, PlaceResult } from './engine-options.js'
import { holdFor, workableFor } from './hold-for.js'
import { newOrderRecord } from './new-order-record.js'
import { planTake } from './plan-take.js'
import { DEFAULT_PORTFOLIO } from './records.js'
import { activate } from './run-due.js'
import type { ExchangeTerms } from './terms.js'
import { checkAttached } from './validate-attached.js'
import { validateOrder } from './validate-order.js'
import type { Work } from './work.js'

/** Takes an order, or says why not. A client id that the portfolio knows answers with the order it made, whatever the terms. */
export function placeOrder(
  core: EngineCore,
  work: Work,
  clientOrderId: string,
  terms: ExchangeTerms,
  more: PlaceOptions,
): PlaceResult {
  const { state } = core
  const portfolioId = more.portfolioId ?? DEFAULT_PORTFOLIO
  const known = state.orderByClientId(clientOrderId, portfolioId)
  if (known) return { kind: 'accepted', order: known, isRepeat: true }
  const { refusal, market, product, hold } = previewOrder(core, terms, more)
  if (refusal) return { kind: 'refused', ...refusal }
  if (!market || !product || !hold) throw new InvariantError('An order without refusal lacks its market')
  const orderId = work.ids.uuid()
  const rates = core.feeTier()
  const order = newOrderRecord(work, {
    orderId,
    clientOrderId,
    portfolioId,
    terms,
    product,
    takerRate: rates.takerRate,
    makerRate: rates.makerRate,
    hold,
    workableSize: workableFor(terms, product, rates),
    attached: more.attached,
  })
  work.apply({ kind: 'accepted', order })
  const accepted = state.mustFind(orderId)
  work.noteOrder(accepted)
  const openDelayMs = core.options.openDelayMs ?? 0
  if (openDelayMs > 0) core.delays.add({ orderId, what: 'open', atMs: work.nowMs + openDelayMs })
  else activate(work, market, accepted)
  return { kind: 'accepted', order: accepted, isRepeat: false }
}

/** The same checks and the same walk as {@link placeOrder}, without doing anything. */
export function previewOrder(core: EngineCore, terms: ExchangeTerms, more: PlaceOptions): OrderPreview {
  const product = core.product(terms.productId)
  const market = core.market(terms.productId)
  if (!product || !market) {
    const refusal = { reason: 'INVALID_PRODUCT_ID', message: `there is no product ${terms.productId}` }
    return { refusal, product, market, plan: undefined, hold: undefined }
  }
  const rates = core.feeTier()
  const workable = workableFor(terms, product, rates)
  const plan = planTake(market, {
    side: terms.side,
    size: workable ? { kind: 'base', baseSize: workable } : terms.size,
    takerRate: rates.takerRate,
    ...(terms.orderType === 'MARKET' || terms.orderType === 'SCALED'
      ? {}
      : { limitTicks: market.ticksOf(terms.limitPrice) }),
  })
  const paying = terms.side === 'BUY' ? product.quoteCurrency : product.baseCurrency
  const available = core.state.walletsOf(more.portfolioId ?? DEFAULT_PORTFOLIO).available(paying)
  const hold = holdFor(terms, plan, product, rates, (core.options.openDelayMs ?? 0) > 0 ? available : undefined)
  const refusal =
    validateOrder(product, market, terms, core.nowMs()) ??
    checkCountable(product, terms, workable, more.attached) ??
    (more.attached && checkAttached(product, market, terms, more.attached)) ??
    (hold.gt(available)
      ? { reason: 'PREVIEW_INSUFFICIENT_FUND', message: 'Insufficient balance in source account' }
      : undefined)
  return { refusal, product, market, plan, hold }
}
