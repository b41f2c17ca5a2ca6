import { Decimal, type OrderTerms, type Rung, type VenueOrder, ZERO } from '@tidegate/trading-model'

/**
 * Terms of an order that somebody placed outside Tidegate, for counting its exposure. What is not
 * told in full becomes the limit order with the same price.
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
  if (order.orderType === 'SCALED' && order.rungs && size.kind === 'base') return ladderOf(order, order.rungs)
  if (!order.limitPrice) {
    const exits = order.attached ? { attached: order.attached } : {}
    return { ...common, orderType: 'MARKET', timeInForce: 'IOC', ...exits }
  }
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
  if (order.orderType === 'BRACKET' && order.stopPrice) {
    return {
      ...common,
      orderType: 'BRACKET',
      timeInForce,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      ...end,
    }
  }
  const { startTimeMs, endTimeMs, sliceCount } = order
  if (order.orderType === 'TWAP' && startTimeMs !== undefined && endTimeMs !== undefined && sliceCount !== undefined) {
    const { limitPrice } = order
    return { ...common, orderType: 'TWAP', timeInForce: 'GTD', limitPrice, startTimeMs, endTimeMs, sliceCount }
  }
  const immediate = order.timeInForce === 'IOC' || order.timeInForce === 'FOK' ? order.timeInForce : timeInForce
  return {
    ...common,
    orderType: 'LIMIT',
    timeInForce: immediate,
    limitPrice: order.limitPrice,
    postOnly: order.postOnly ?? false,
    ...(immediate === 'GTD' ? end : {}),
    ...(order.attached ? { attached: order.attached } : {}),
  }
}

function ladderOf({ productId, side }: VenueOrder, rungs: readonly Rung[]): OrderTerms {
  const prices = rungs.map(({ limitPrice }) => limitPrice)
  const baseSize = rungs.reduce((sum, rung) => sum.plus(rung.baseSize), ZERO)
  const limitPrice = side === 'BUY' ? Decimal.max(...prices) : Decimal.min(...prices)
  const size = { kind: 'base', baseSize } as const
  return { productId, side, size, orderType: 'SCALED', timeInForce: 'GTC', limitPrice, rungs }
}
