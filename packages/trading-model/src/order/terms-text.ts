import { InvariantError } from '../errors/errors.js'
import { Decimal, formatDecimal } from '../money/decimal.js'
import type { AttachedExits, OrderTerms, Rung } from './order.js'

/**
 * The one text of an order's terms: fixed field order, plain decimals, no spaces. It is hashed, frozen into the ticket,
 * stored, and compared with what the venue acknowledges, so equal terms always give equal text.
 */
export function serializeTerms(terms: OrderTerms): string {
  return JSON.stringify({
    product_id: terms.productId,
    side: terms.side,
    order_type: terms.orderType,
    time_in_force: terms.timeInForce,
    ...(terms.size.kind === 'base'
      ? { base_size: formatDecimal(terms.size.baseSize) }
      : { quote_size: formatDecimal(terms.size.quoteSize) }),
    ...(terms.orderType === 'MARKET' ? {} : { limit_price: formatDecimal(terms.limitPrice) }),
    ...(terms.orderType === 'STOP_LIMIT'
      ? { stop_price: formatDecimal(terms.stopPrice), stop_direction: terms.stopDirection }
      : {}),
    ...(terms.orderType === 'BRACKET' ? { stop_price: formatDecimal(terms.stopPrice) } : {}),
    ...(terms.orderType === 'LIMIT' ? { post_only: terms.postOnly } : {}),
    ...(terms.orderType === 'TWAP' ? { start_time_ms: terms.startTimeMs, slices: terms.sliceCount } : {}),
    ...('endTimeMs' in terms && terms.endTimeMs !== undefined ? { end_time_ms: terms.endTimeMs } : {}),
    ...(terms.orderType === 'SCALED'
      ? { rungs: terms.rungs.map((rung) => [formatDecimal(rung.limitPrice), formatDecimal(rung.baseSize)]) }
      : {}),
    ...('attached' in terms && terms.attached
      ? {
          take_profit_price: formatDecimal(terms.attached.takeProfitPrice),
          stop_loss_price: formatDecimal(terms.attached.stopLossPrice),
        }
      : {}),
  })
}

/** Reads back what {@link serializeTerms} wrote. Anything else is a bug or a broken store. */
export function deserializeTerms(text: string): OrderTerms {
  const terms = readTerms(JSON.parse(text) as Readonly<Record<string, unknown>>)
  if (serializeTerms(terms) !== text) throw new InvariantError('Stored terms do not read back as written')
  return terms
}

function readTerms(raw: Readonly<Record<string, unknown>>): OrderTerms {
  const decimal = (field: string): Decimal => {
    const value = raw[field]
    if (typeof value !== 'string') throw new InvariantError(`Stored terms lack ${field}`)
    return new Decimal(value)
  }
  const common = {
    productId: String(raw['product_id']),
    side: raw['side'] === 'BUY' ? ('BUY' as const) : ('SELL' as const),
    size:
      raw['base_size'] === undefined
        ? { kind: 'quote' as const, quoteSize: decimal('quote_size') }
        : { kind: 'base' as const, baseSize: decimal('base_size') },
  }
  const end = typeof raw['end_time_ms'] === 'number' ? { endTimeMs: raw['end_time_ms'] } : {}
  const exits: { readonly attached?: AttachedExits } =
    raw['take_profit_price'] === undefined
      ? {}
      : { attached: { takeProfitPrice: decimal('take_profit_price'), stopLossPrice: decimal('stop_loss_price') } }
  const timeInForce = raw['time_in_force'] as 'GTC' | 'GTD' | 'IOC' | 'FOK'
  const resting = timeInForce === 'GTD' ? ('GTD' as const) : ('GTC' as const)
  const orderType = raw['order_type']
  if (orderType === 'MARKET') return { ...common, orderType, timeInForce: 'IOC', ...exits }
  const limitPrice = decimal('limit_price')
  switch (orderType) {
    case 'LIMIT':
      return { ...common, orderType, timeInForce, limitPrice, postOnly: raw['post_only'] === true, ...end, ...exits }
    case 'BRACKET':
      return { ...common, orderType, timeInForce: resting, limitPrice, stopPrice: decimal('stop_price'), ...end }
    case 'TWAP':
      return {
        ...common,
        orderType,
        timeInForce: 'GTD',
        limitPrice,
        startTimeMs: Number(raw['start_time_ms']),
        endTimeMs: Number(raw['end_time_ms']),
        sliceCount: Number(raw['slices']),
      }
    case 'SCALED':
      return {
        ...common,
        orderType,
        timeInForce: 'GTC',
        size: { kind: 'base', baseSize: decimal('base_size') },
        limitPrice,
        rungs: (raw['rungs'] as readonly (readonly [string, string])[]).map(
          ([price, size]): Rung => ({ limitPrice: new Decimal(price), baseSize: new Decimal(size) }),
        ),
      }
    default:
      return {
        ...common,
        orderType: 'STOP_LIMIT',
        timeInForce: resting,
        limitPrice,
        stopPrice: decimal('stop_price'),
        stopDirection: raw['stop_direction'] === 'UP' ? 'UP' : 'DOWN',
        ...end,
      }
  }
}
