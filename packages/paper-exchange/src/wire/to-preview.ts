import type { WirePreviewOrderResponseInput } from '@tidegate/coinbase-wire'
import { type Decimal, formatDecimal, type OrderTerms, ZERO } from '@tidegate/trading-model'
import { averagePrice, feeOn } from '../accounts/fill-arithmetic.js'
import type { OrderPreview } from '../engine/exchange-engine.js'
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
  terms: OrderTerms | undefined,
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

function priced(terms: OrderTerms, { plan }: OrderPreview, rates: Rates) {
  // A stop-limit takes nothing now; whatever it does later, it does at its limit or better, as a taker at worst.
  const steps = terms.orderType === 'STOP_LIMIT' ? [] : (plan?.steps ?? [])
  let baseSize = steps.reduce((sum, step) => sum.add(step.baseSize), ZERO)
  let quoteValue = steps.reduce((sum, step) => sum.add(step.quoteValue), ZERO)
  let fees = steps.reduce((sum, step) => sum.add(step.fee), ZERO)
  const best = steps[0]?.price
  const taken = averagePrice(quoteValue, baseSize)
  const rests = terms.orderType === 'STOP_LIMIT' || (terms.orderType === 'LIMIT' && terms.timeInForce.startsWith('GT'))
  if (terms.orderType !== 'MARKET' && terms.size.kind === 'base' && rests) {
    const resting = terms.size.baseSize.sub(baseSize)
    const value = resting.mul(terms.limitPrice)
    baseSize = baseSize.add(resting)
    quoteValue = quoteValue.add(value)
    fees = fees.add(feeOn(value, terms.orderType === 'LIMIT' ? rates.makerRate : rates.takerRate))
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
