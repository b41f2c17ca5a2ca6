import type { WirePreviewOrderResponseInput } from '@tidegate/coinbase-wire'
import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import { averagePrice, feeOn } from '../accounts/fill-arithmetic.js'
import type { OrderPreview } from '../engine/engine-options.js'
import type { ExchangeTerms } from '../engine/terms.js'
import type { Refusal } from '../engine/validate-order.js'
import { previewReason } from './to-error-response.js'
import { text } from './to-wire-product.js'

interface Rates {
  readonly takerRate: Decimal
  readonly makerRate: Decimal
}

/**
 * A preview as the wire shows it. What takes liquidity is priced by the walk that would execute it; what would rest is priced at its
 * limit. Problems are in `errs`; the answer is a 200 either way.
 */
export function toPreview(
  refusal: Refusal | undefined,
  terms: ExchangeTerms | undefined,
  preview: OrderPreview | undefined,
  previewId: string,
  rates: Rates,
): WirePreviewOrderResponseInput & Record<string, unknown> {
  const numbers = terms && preview ? priced(terms, preview, rates) : undefined
  const market = preview?.market
  return {
    order_total: text(numbers?.total),
    commission_total: text(numbers?.fees),
    errs: refusal ? [previewReason(refusal.reason)] : [],
    warning: [],
    quote_size: text(numbers?.quoteValue),
    base_size: text(numbers?.baseSize),
    best_bid: text(market?.best('bid')?.price),
    best_ask: text(market?.best('ask')?.price),
    is_max: false,
    order_margin_total: '0',
    leverage: '1',
    long_leverage: '0',
    short_leverage: '0',
    slippage: text(numbers?.slippage),
    preview_id: previewId,
    current_liquidation_buffer: '0',
    projected_liquidation_buffer: '',
    max_leverage: '',
    pnl_configuration: null,
    twap_bucket_metadata: null,
    scaled_metadata: null,
    est_average_filled_price: numbers ? formatDecimal(numbers.averagePrice) : '',
  }
}

/** What a preview says about an order that would be executed now. */
export function priced(terms: ExchangeTerms, { plan }: Pick<OrderPreview, 'plan'>, rates: Rates) {
  // What waits for a trigger or a time takes nothing now; whatever it does later, it does at its limit or better, as a taker at worst.
  const waits = terms.orderType === 'STOP_LIMIT' || terms.orderType === 'TWAP' || terms.orderType === 'SCALED'
  const steps = waits ? [] : (plan?.steps ?? [])
  let baseSize = steps.reduce((sum, step) => sum.add(step.baseSize), ZERO)
  let quoteValue = steps.reduce((sum, step) => sum.add(step.quoteValue), ZERO)
  let fees = steps.reduce((sum, step) => sum.add(step.fee), ZERO)
  const best = steps[0]?.price
  const taken = averagePrice(quoteValue, baseSize)
  const rate = terms.orderType === 'STOP_LIMIT' || terms.orderType === 'TWAP' ? rates.takerRate : rates.makerRate
  for (const rung of restingRungs(terms, baseSize)) {
    const value = rung.baseSize.mul(rung.limitPrice)
    baseSize = baseSize.add(rung.baseSize)
    quoteValue = quoteValue.add(value)
    fees = fees.add(feeOn(value, rate))
  }
  return {
    baseSize,
    quoteValue,
    fees,
    total: terms.side === 'BUY' ? quoteValue.add(fees) : quoteValue.sub(fees),
    averagePrice: averagePrice(quoteValue, baseSize),
    slippage: best && !best.isZero() ? taken.div(best).sub(1).abs().toDecimalPlaces(12) : ZERO,
  }
}

/** What would rest, and where, after `taken` base units have been taken. */
function restingRungs(terms: ExchangeTerms, taken: Decimal): readonly { baseSize: Decimal; limitPrice: Decimal }[] {
  if (terms.orderType === 'SCALED') return terms.rungs
  const rests = terms.orderType !== 'MARKET' && terms.timeInForce.startsWith('GT')
  if (!rests || terms.size.kind !== 'base') return []
  return [{ baseSize: terms.size.baseSize.sub(taken), limitPrice: terms.limitPrice }]
}
