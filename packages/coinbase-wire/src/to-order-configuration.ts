import {
  type AttachedExits,
  Decimal,
  formatDecimal,
  InputError,
  type OrderSize,
  type OrderTerms,
  type ScaledTerms,
  type TwapTerms,
} from '@tidegate/trading-model'
import type { AttachedConfiguration } from './new-order-configuration.js'
import type { OrderConfigurationKey, WireOrderConfigurationInput } from './order-configuration.js'
import { formatTimestamp } from './timestamp.js'

/**
 * Writes terms as the venue's `order_configuration`: exactly one key, numbers as plain decimal text.
 *
 * @throws {InputError} `ERR_INPUT_INVALID` for terms that the venue has no variant for: a quote-sized stop-limit
 * or bracket, a post-only IOC or FOK, a GTD without end time, a TWAP that is shorter than its slices.
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
    case 'BRACKET': {
      if (terms.size.kind === 'quote') throw refuse('quote_size', 'cannot size a bracket', 'give size in base units')
      const fields = {
        ...sizeFields(terms.size),
        limit_price: formatDecimal(terms.limitPrice),
        stop_trigger_price: formatDecimal(terms.stopPrice),
      }
      return terms.timeInForce === 'GTC'
        ? { trigger_bracket_gtc: fields }
        : { trigger_bracket_gtd: { ...fields, end_time: endTime(terms.endTimeMs) } }
    }
    case 'TWAP':
      return { twap_limit_gtd: twapFields(terms) }
    case 'SCALED':
      return { scaled_limit_gtc: ladderFields(terms) }
  }
}

/** Writes exits as the venue's `attached_order_configuration`; the size is the parent's, so none is said. */
export function toAttachedConfiguration({ takeProfitPrice, stopLossPrice }: AttachedExits): AttachedConfiguration {
  return {
    trigger_bracket_gtc: {
      limit_price: formatDecimal(takeProfitPrice),
      stop_trigger_price: formatDecimal(stopLossPrice),
    },
  }
}

function twapFields(terms: TwapTerms) {
  const sliceMs = (terms.endTimeMs - terms.startTimeMs) / terms.sliceCount
  if (!(sliceMs >= 1_000)) {
    throw refuse('end_time', 'leaves less than a second to each slice', 'give a later end_time or fewer slices')
  }
  return {
    ...sizeFields(terms.size),
    limit_price: formatDecimal(terms.limitPrice),
    start_time: formatTimestamp(terms.startTimeMs),
    end_time: formatTimestamp(terms.endTimeMs),
    number_buckets: String(terms.sliceCount),
  }
}

/** Every rung is said; what would spread them over a range is said with the words for "as listed". */
function ladderFields(terms: ScaledTerms) {
  const prices = terms.rungs.map((rung) => rung.limitPrice)
  return {
    ...sizeFields(terms.size),
    orders: terms.rungs.map((rung) => ({
      base_size: formatDecimal(rung.baseSize),
      limit_price: formatDecimal(rung.limitPrice),
    })),
    num_orders: String(terms.rungs.length),
    min_price: formatDecimal(Decimal.min(...prices)),
    max_price: formatDecimal(Decimal.max(...prices)),
    price_distribution: 'CUSTOM_PRICE_DISTRIBUTION',
    size_distribution: 'CUSTOM_SIZE_DISTRIBUTION',
  }
}

/** The variant's key of a written configuration. */
export function orderConfigurationKey(configuration: WireOrderConfigurationInput): OrderConfigurationKey {
  return Object.keys(configuration)[0] as OrderConfigurationKey
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
