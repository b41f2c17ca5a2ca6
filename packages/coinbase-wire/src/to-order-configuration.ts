import { formatDecimal, InputError, type OrderSize, type OrderTerms } from '@tidegate/trading-model'
import type { TermsConfigurationKey, WireOrderConfigurationInput } from './order-configuration.js'
import { formatTimestamp } from './timestamp.js'

/**
 * Writes terms as the venue's `order_configuration`: exactly one key, numbers as plain decimal text.
 *
 * @throws {InputError} `ERR_INPUT_INVALID` for terms that the venue has no variant for: a quote-sized stop-limit,
 * a post-only IOC or FOK, a GTD without end time.
 */
export function toOrderConfiguration(terms: OrderTerms): WireOrderConfigurationInput {
  switch (terms.orderType) {
    case 'MARKET':
      return { market_market_ioc: sizeFields(terms.size) }
    case 'LIMIT': {
      const price = { ...sizeFields(terms.size), limit_price: formatDecimal(terms.limitPrice) }
      if (terms.timeInForce === 'IOC' || terms.timeInForce === 'FOK') {
        if (terms.postOnly) {
          throw refuse('post_only', `cannot be combined with ${terms.timeInForce}`, 'use GTC or GTD, or drop post_only')
        }
        return terms.timeInForce === 'IOC' ? { sor_limit_ioc: price } : { limit_limit_fok: price }
      }
      return terms.timeInForce === 'GTC'
        ? { limit_limit_gtc: { ...price, post_only: terms.postOnly } }
        : { limit_limit_gtd: { ...price, end_time: endTime(terms.endTimeMs), post_only: terms.postOnly } }
    }
    case 'STOP_LIMIT': {
      if (terms.size.kind === 'quote') {
        throw refuse('quote_size', 'cannot size a stop-limit order', 'give size in base units')
      }
      const fields = {
        ...sizeFields(terms.size),
        limit_price: formatDecimal(terms.limitPrice),
        stop_price: formatDecimal(terms.stopPrice),
        stop_direction: terms.stopDirection === 'UP' ? 'STOP_DIRECTION_STOP_UP' : 'STOP_DIRECTION_STOP_DOWN',
      }
      return terms.timeInForce === 'GTC'
        ? { stop_limit_stop_limit_gtc: fields }
        : { stop_limit_stop_limit_gtd: { ...fields, end_time: endTime(terms.endTimeMs) } }
    }
  }
}

/** The variant's key of a written configuration. */
export function orderConfigurationKey(configuration: WireOrderConfigurationInput): TermsConfigurationKey {
  return Object.keys(configuration)[0] as TermsConfigurationKey
}

function sizeFields(size: OrderSize): { base_size: string } | { quote_size: string } {
  return size.kind === 'base'
    ? { base_size: formatDecimal(size.baseSize) }
    : { quote_size: formatDecimal(size.quoteSize) }
}

function endTime(endTimeMs: number | undefined): string {
  if (endTimeMs === undefined) throw refuse('end_time', 'is missing', 'give end_time with time_in_force GTD')
  return formatTimestamp(endTimeMs)
}

function refuse(field: string, problem: string, fix: string): InputError {
  return new InputError([{ field, problem, fix }])
}
