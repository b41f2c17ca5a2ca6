import { formatTimestamp, toOrderConfiguration, type WireOrderConfigurationInput } from '@tidegate/coinbase-wire'
import { formatDecimal } from '@tidegate/trading-model'
import type { ExchangeTerms } from '../engine/terms.js'

/** Terms of every kind as the wire's `order_configuration`. A ladder shows its rungs, a TWAP its buckets. */
export function toConfiguration(terms: ExchangeTerms): WireOrderConfigurationInput {
  const size =
    terms.size.kind === 'base'
      ? { base_size: formatDecimal(terms.size.baseSize) }
      : { quote_size: formatDecimal(terms.size.quoteSize) }
  switch (terms.orderType) {
    case 'BRACKET': {
      const fields = {
        ...size,
        limit_price: formatDecimal(terms.limitPrice),
        stop_trigger_price: formatDecimal(terms.stopTriggerPrice),
      }
      return terms.timeInForce === 'GTC' || terms.endTimeMs === undefined
        ? { trigger_bracket_gtc: fields }
        : { trigger_bracket_gtd: { ...fields, end_time: formatTimestamp(terms.endTimeMs) } }
    }
    case 'TWAP':
      return {
        twap_limit_gtd: {
          ...size,
          limit_price: formatDecimal(terms.limitPrice),
          start_time: formatTimestamp(terms.startTimeMs),
          end_time: formatTimestamp(terms.endTimeMs),
          number_buckets: String(terms.bucketCount),
          bucket_duration: `${terms.bucketDurationMs / 1_000}s`,
        },
      }
    case 'SCALED': {
      const prices = terms.rungs.map((rung) => rung.limitPrice)
      const [first] = prices
      const lowest = first && prices.reduce((low, price) => (price.lt(low) ? price : low), first)
      const highest = first && prices.reduce((high, price) => (price.gt(high) ? price : high), first)
      return {
        scaled_limit_gtc: {
          ...size,
          orders: terms.rungs.map((rung) => ({
            base_size: formatDecimal(rung.baseSize),
            limit_price: formatDecimal(rung.limitPrice),
          })),
          num_orders: String(terms.rungs.length),
          ...(lowest && highest ? { min_price: formatDecimal(lowest), max_price: formatDecimal(highest) } : {}),
          ...(terms.priceDistribution === undefined ? {} : { price_distribution: terms.priceDistribution }),
          ...(terms.sizeDistribution === undefined ? {} : { size_distribution: terms.sizeDistribution }),
        },
      }
    }
    case 'MARKET':
    case 'LIMIT':
    case 'STOP_LIMIT':
      return toOrderConfiguration(terms)
  }
}
