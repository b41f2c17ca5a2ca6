import { readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import type { AttachedTerms } from '../engine/terms.js'
import type { Refusal } from '../engine/validate-order.js'

const attachedSchema = z.looseObject({
  trigger_bracket_gtc: z
    .looseObject({
      base_size: z.unknown().optional(),
      quote_size: z.unknown().optional(),
      limit_price: z.string().optional(),
      stop_trigger_price: z.string().optional(),
    })
    .nullish(),
})

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== ''

/**
 * Reads `attached_order_configuration`: a bracket with both prices and without a size, which is always what the parent filled.
 *
 * @returns `undefined` where there is none.
 */
export function readAttached(value: unknown): AttachedTerms | Refusal | undefined {
  if (!isGiven(value)) return undefined
  const read = attachedSchema.safeParse(value)
  if (!read.success) return { reason: 'INVALID_REQUEST', message: 'attached_order_configuration cannot be read' }
  const used = Object.keys(read.data).filter((key) => isGiven(read.data[key]))
  if (used.length === 0) return undefined
  const bracket = read.data.trigger_bracket_gtc
  if (!bracket || used.length !== 1) {
    return { reason: 'INVALID_ORDER_TYPE_FOR_ATTACHED', message: `cannot attach ${used.join(', ')}` }
  }
  if (isGiven(bracket.base_size) || isGiven(bracket.quote_size)) {
    return { reason: 'ATTACHED_ORDER_SIZE_MUST_BE_NIL', message: 'an attached order takes the size of its parent' }
  }
  if (!isGiven(bracket.limit_price) || !isGiven(bracket.stop_trigger_price)) {
    return { reason: 'SINGLE_LEGGED_TPSL_NOT_ALLOWED', message: 'limit_price and stop_trigger_price are both needed' }
  }
  const limitPrice = readDecimal(bracket.limit_price)
  const stopTriggerPrice = readDecimal(bracket.stop_trigger_price)
  if (!limitPrice || !stopTriggerPrice) {
    return { reason: 'ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES', message: 'a price is not a decimal' }
  }
  return { limitPrice, stopTriggerPrice }
}
