import { z } from 'zod'
import { WIRE_STOP_DIRECTIONS } from './enums.js'
import { WIRE_SCALED_PRICE_DISTRIBUTIONS, WIRE_SCALED_SIZE_DISTRIBUTIONS } from './open-enums.js'
import type { OrderConfigurationKey } from './order-configuration.js'
import { positiveText, timestampText } from './primitives.js'
import { parseTimestamp } from './timestamp.js'

const size = { base_size: positiveText.optional(), quote_size: positiveText.optional() }
const options = { rfq_disabled: z.boolean().optional(), reduce_only: z.boolean().optional() }
const currencySize = { currency_size: z.string().min(1).optional() }
const limit = { ...size, limit_price: positiveText }

/** Exactly one of the two sizes. */
function sized<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape).refine((fields) => {
    const { base_size, quote_size } = fields as { base_size?: unknown; quote_size?: unknown }
    return (base_size === undefined) !== (quote_size === undefined)
  }, 'exactly one of base_size and quote_size is needed')
}

const stopLimit = {
  base_size: positiveText,
  limit_price: positiveText,
  stop_price: positiveText,
  stop_direction: z.enum(WIRE_STOP_DIRECTIONS),
  reduce_only: z.boolean().optional(),
}
const bracket = {
  base_size: positiveText,
  limit_price: positiveText,
  stop_trigger_price: positiveText,
  reduce_only: z.boolean().optional(),
}

/**
 * The fields of each of the twelve variants in a request. Strict, because a field that is misspelt here would be ignored by
 * the venue: a limit that is not read is an order without a limit.
 */
export const newConfigurationFields = {
  /** Takes what is there; BUY is usually sized in quote units, SELL in base units. */
  market_market_ioc: sized({ ...size, ...options, ...currencySize }),
  /** All at once or nothing; perpetuals only. */
  market_market_fok: sized(size),
  /** The only immediate-or-cancel limit. */
  sor_limit_ioc: sized(limit),
  limit_limit_gtc: sized({
    ...limit,
    ...options,
    ...currencySize,
    post_only: z.boolean().optional(),
    oco_ref: z.string().min(1).optional(),
  }),
  limit_limit_gtd: sized({
    ...limit,
    ...options,
    ...currencySize,
    end_time: timestampText,
    post_only: z.boolean().optional(),
    oco_ref: z.string().min(1).optional(),
  }),
  limit_limit_fok: sized(limit),
  /** Triggered by the last trade price. */
  stop_limit_stop_limit_gtc: z.strictObject(stopLimit),
  stop_limit_stop_limit_gtd: z.strictObject({ ...stopLimit, end_time: timestampText }),
  /** Take profit at `limit_price`; at `stop_trigger_price` out with a limit 5 % beyond it. */
  trigger_bracket_gtc: z.strictObject(bracket),
  trigger_bracket_gtd: z.strictObject({ ...bracket, end_time: timestampText }),
  /** Slices over time, none of them past `limit_price`. */
  twap_limit_gtd: sized({
    ...limit,
    start_time: timestampText,
    end_time: timestampText,
    number_buckets: z
      .string()
      .regex(/^[1-9]\d*$/, 'must be a whole number')
      .optional(),
    bucket_size: positiveText.optional(),
    bucket_duration: z
      .string()
      .regex(/^[1-9]\d*s$/, 'must be seconds such as "300s"')
      .optional(),
  }).refine(
    (fields) => (parseTimestamp(fields.start_time) ?? 0) < (parseTimestamp(fields.end_time) ?? 0),
    'start_time must be before end_time',
  ),
  /** A ladder of limits between two prices, or the rungs in `orders`. */
  scaled_limit_gtc: sized({
    ...size,
    orders: z
      .array(z.strictObject({ base_size: positiveText, limit_price: positiveText }))
      .min(1)
      .optional(),
    num_orders: z
      .string()
      .regex(/^[1-9]\d*$/, 'must be a whole number')
      .optional(),
    min_price: positiveText.optional(),
    max_price: positiveText.optional(),
    price_distribution: z.enum(WIRE_SCALED_PRICE_DISTRIBUTIONS).optional(),
    size_distribution: z.enum(WIRE_SCALED_SIZE_DISTRIBUTIONS).optional(),
    size_diff: positiveText.optional(),
    size_ratio: positiveText.optional(),
  }),
} as const satisfies Record<OrderConfigurationKey, z.ZodType>

type Fields = { [K in OrderConfigurationKey]: z.input<(typeof newConfigurationFields)[K]> }

/** `order_configuration` of a request: exactly one of the twelve variants, numbers as plain decimal text. */
export type NewOrderConfiguration = {
  [K in OrderConfigurationKey]: { readonly [_ in K]: Fields[K] }
}[OrderConfigurationKey]

/** Reads an `order_configuration` to be sent: exactly one key, its fields known, its numbers positive plain decimals. */
export const newOrderConfigurationSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(newConfigurationFields).map(([key, fields]) => [key, fields.optional()])) as {
      [K in OrderConfigurationKey]: z.ZodOptional<(typeof newConfigurationFields)[K]>
    },
  )
  .refine((variants) => Object.values(variants).filter((fields) => fields !== undefined).length === 1, {
    error: 'exactly one variant is needed',
  })

/** `attached_order_configuration`: take profit and stop loss that follow a filled parent. Without a size: the parent's is used. */
export const attachedConfigurationSchema = z
  .strictObject({
    trigger_bracket_gtc: z
      .strictObject({ limit_price: positiveText.optional(), stop_trigger_price: positiveText.optional() })
      .optional(),
    limit_limit_gtc: z.strictObject({ limit_price: positiveText }).optional(),
    stop_limit_stop_limit_gtc: z
      .strictObject({
        limit_price: positiveText,
        stop_price: positiveText,
        stop_direction: z.enum(WIRE_STOP_DIRECTIONS).optional(),
      })
      .optional(),
  })
  .refine((variants) => Object.values(variants).filter((fields) => fields !== undefined).length === 1, {
    error: 'exactly one variant is needed',
  })
export type AttachedConfiguration = z.input<typeof attachedConfigurationSchema>
