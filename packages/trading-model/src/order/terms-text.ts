import { InvariantError } from '../errors/errors.js'
import { Decimal, formatDecimal } from '../money/decimal.js'
import type { OrderTerms } from './order.js'

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
    ...(terms.orderType === 'LIMIT' ? { post_only: terms.postOnly } : {}),
    ...(terms.orderType !== 'MARKET' && terms.endTimeMs !== undefined ? { end_time_ms: terms.endTimeMs } : {}),
  })
}

/** Reads back what {@link serializeTerms} wrote. Anything else is a bug or a broken store. */
export function deserializeTerms(text: string): OrderTerms {
  const raw = JSON.parse(text) as Record<string, string | number | boolean | undefined>
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
  const timeInForce = raw['time_in_force'] as 'GTC' | 'GTD' | 'IOC' | 'FOK'
  const terms: OrderTerms =
    raw['order_type'] === 'MARKET'
      ? { ...common, orderType: 'MARKET', timeInForce: 'IOC' }
      : raw['order_type'] === 'LIMIT'
        ? {
            ...common,
            orderType: 'LIMIT',
            timeInForce,
            limitPrice: decimal('limit_price'),
            postOnly: raw['post_only'] === true,
            ...end,
          }
        : {
            ...common,
            orderType: 'STOP_LIMIT',
            timeInForce: timeInForce === 'GTD' ? 'GTD' : 'GTC',
            limitPrice: decimal('limit_price'),
            stopPrice: decimal('stop_price'),
            stopDirection: raw['stop_direction'] === 'UP' ? 'UP' : 'DOWN',
            ...end,
          }
  if (serializeTerms(terms) !== text) throw new InvariantError('Stored terms do not read back as written')
  return terms
}
