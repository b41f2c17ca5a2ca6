import { Decimal, formatDecimal } from '@tidegate/trading-model'
import { cureBaseSize } from '../cures.js'
import { saySize } from '../text.js'
import { deny, notApplicable, notValued, pass, type Rule } from './rule.js'

const name = 'max-order-size'

/** At most `policy.max_order_size` base units in one order. A limit set for any name of the book counts; the smallest wins. */
export const maxOrderSize: Rule = (context) => {
  const { policy, bookIds, order } = context
  const limits = Object.entries(policy.maxOrderSize).filter(([id]) => bookIds.has(id))
  if (limits.length === 0) return notApplicable(name, 'no limit')
  if (!order) return notValued(name)
  const limit = Decimal.min(...limits.map(([, size]) => size))
  const size = order.numbers.maxBaseSize
  const unit = order.product.baseCurrency
  const figures = { limit: formatDecimal(limit), actual: saySize(size), unit }
  if (size.lte(limit)) return pass(name, figures)
  const cure = cureBaseSize(context, limit)
  return deny(name, {
    code: 'RISK_MAX_ORDER_SIZE',
    ...figures,
    message: `The order is for ${saySize(size)} ${unit}; one order on this book may be for ${formatDecimal(limit)} ${unit}.`,
    ...(cure ? { cure } : {}),
  })
}
