import { z } from 'zod'
import { decimalText, flag, open, optionalText } from './primitives.js'

/** The keys of `order_configuration`. */
export const ORDER_CONFIGURATION_KEYS = [
  'market_market_ioc',
  'market_market_fok',
  'sor_limit_ioc',
  'limit_limit_gtc',
  'limit_limit_gtd',
  'limit_limit_fok',
  'stop_limit_stop_limit_gtc',
  'stop_limit_stop_limit_gtd',
  'trigger_bracket_gtc',
  'trigger_bracket_gtd',
  'twap_limit_gtd',
  'scaled_limit_gtc',
] as const
export type OrderConfigurationKey = (typeof ORDER_CONFIGURATION_KEYS)[number]

/** The variants that a request is read from alone, as `PlainTerms`. */
export const TERMS_CONFIGURATION_KEYS = [
  'market_market_ioc',
  'sor_limit_ioc',
  'limit_limit_gtc',
  'limit_limit_gtd',
  'limit_limit_fok',
  'stop_limit_stop_limit_gtc',
  'stop_limit_stop_limit_gtd',
] as const
export type TermsConfigurationKey = (typeof TERMS_CONFIGURATION_KEYS)[number]

/** The fields of every variant together; which of them a variant needs is decided where it is read. */
export const orderConfigurationFieldsSchema = open({
  base_size: decimalText,
  quote_size: decimalText,
  limit_price: decimalText,
  stop_price: decimalText,
  stop_direction: optionalText,
  stop_trigger_price: decimalText,
  start_time: optionalText,
  end_time: optionalText,
  post_only: flag,
  reduce_only: flag,
  rfq_disabled: flag,
  number_buckets: decimalText,
  bucket_size: decimalText,
  bucket_duration: optionalText,
  orders: z
    .array(open({ base_size: decimalText, limit_price: decimalText }))
    .nullish()
    .transform((orders) => orders ?? undefined),
  num_orders: decimalText,
  min_price: decimalText,
  max_price: decimalText,
  price_distribution: optionalText,
  size_distribution: optionalText,
  size_diff: decimalText,
  size_ratio: decimalText,
})
export type WireOrderConfigurationFields = z.output<typeof orderConfigurationFieldsSchema>

const variant = orderConfigurationFieldsSchema.nullish()

/** `order_configuration`: one key in a request; more than one has been seen in answers. Unknown keys are kept. */
export const orderConfigurationSchema = z.looseObject({
  market_market_ioc: variant,
  market_market_fok: variant,
  sor_limit_ioc: variant,
  limit_limit_gtc: variant,
  limit_limit_gtd: variant,
  limit_limit_fok: variant,
  stop_limit_stop_limit_gtc: variant,
  stop_limit_stop_limit_gtd: variant,
  trigger_bracket_gtc: variant,
  trigger_bracket_gtd: variant,
  twap_limit_gtd: variant,
  scaled_limit_gtc: variant,
})
export type WireOrderConfiguration = z.output<typeof orderConfigurationSchema>
export type WireOrderConfigurationInput = z.input<typeof orderConfigurationSchema>
