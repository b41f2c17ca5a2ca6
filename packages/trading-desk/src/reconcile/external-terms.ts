import type { OrderTerms, VenueOrder } from '@tidegate/trading-model'

/**
 * Terms of an order that somebody placed outside Tidegate, for counting its exposure. Kinds of order that we do not place ourselves
 * (bracket, TWAP) become the limit order with the same worst price.
 *
 * @returns `undefined` when the venue does not tell enough to bound it.
 */
export function termsOfExternal(order: VenueOrder): OrderTerms | undefined {
  const size = order.baseSize?.gt(0)
    ? ({ kind: 'base', baseSize: order.baseSize } as const)
    : order.quoteSize?.gt(0)
      ? ({ kind: 'quote', quoteSize: order.quoteSize } as const)
      : order.filledSize.gt(0)
        ? ({ kind: 'base', baseSize: order.filledSize } as const)
        : undefined
  if (!size) return undefined
  const common = { productId: order.productId, side: order.side, size }
  if (!order.limitPrice) return { ...common, orderType: 'MARKET', timeInForce: 'IOC' }
  const end = order.endTimeMs === undefined ? {} : { endTimeMs: order.endTimeMs }
  const timeInForce = order.endTimeMs === undefined ? 'GTC' : 'GTD'
  if (order.orderType === 'STOP_LIMIT' && order.stopPrice) {
    return {
      ...common,
      orderType: 'STOP_LIMIT',
      timeInForce,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      stopDirection: order.stopDirection ?? (order.side === 'BUY' ? 'UP' : 'DOWN'),
      ...end,
    }
  }
  const immediate = order.timeInForce === 'IOC' || order.timeInForce === 'FOK' ? order.timeInForce : timeInForce
  return {
    ...common,
    orderType: 'LIMIT',
    timeInForce: immediate,
    limitPrice: order.limitPrice,
    postOnly: order.postOnly ?? false,
    ...(immediate === 'GTD' ? end : {}),
  }
}
