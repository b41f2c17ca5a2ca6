import { parseTimestamp, type WireFill } from '@tidegate/coinbase-wire'
import { Decimal, type Fill } from '@tidegate/trading-model'
import { requireDecimal, requireMs, requireSide, unreadable } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'

/** The venue computes sizes of quote-sized orders to 16 decimals, half up. */
const SIZE_DECIMALS = 16

/**
 * Reads a fill. With `size_in_quote` the size is an amount of quote currency and is divided by the price. A `REVERSAL`
 * takes back what an earlier fill gave: size and fee are negative. Rows that are no plain fill go by their entry id, so
 * that
 * they cannot hide behind the trade they correct.
 */
export function parseFill(fill: WireFill): Fill {
  const endpoint = 'listFills'
  const price = requireDecimal(fill.price, 'price', endpoint)
  const size = requireDecimal(fill.size, 'size', endpoint)
  const fee = requireDecimal(fill.commission, 'commission', endpoint)
  if (!price.gt(0)) throw unreadable(endpoint, 'price of a fill is not positive', { tradeId: fill.trade_id })
  const baseSize = fill.size_in_quote ? size.div(price).toDecimalPlaces(SIZE_DECIMALS, Decimal.ROUND_HALF_UP) : size
  const isReversal = fill.trade_type === 'REVERSAL'
  const tradedAtMs = requireMs(parseTimestamp(fill.trade_time), 'trade_time', endpoint)
  const read: Fill = {
    orderId: fill.order_id,
    tradeId: fill.trade_type === undefined || fill.trade_type === 'FILL' ? fill.trade_id : fill.entry_id,
    productId: fill.product_id,
    side: requireSide(fill.side, endpoint),
    price,
    baseSize: isReversal ? baseSize.abs().neg() : baseSize,
    fee: isReversal ? fee.abs().neg() : fee,
    feeCurrency: fill.product_id.split('-')[1] ?? '',
    liquidity:
      fill.liquidity_indicator === 'MAKER' || fill.liquidity_indicator === 'TAKER'
        ? fill.liquidity_indicator
        : 'UNKNOWN',
    tradedAtMs,
    sequenceAtMs: parseTimestamp(fill.sequence_timestamp) ?? tradedAtMs,
  }
  return rememberRaw(read, fill)
}
