import {
  fromOrderConfiguration,
  parseTimestamp,
  presentConfigurationKeys,
  type WireOrderConfiguration,
  type WireOrderConfigurationFields,
} from '@tidegate/coinbase-wire'
import type { Decimal, OrderSize, Product } from '@tidegate/trading-model'
import type { AttachedTerms, BracketTerms, ExchangeTerms } from '../engine/terms.js'
import type { Refusal } from '../engine/validate-order.js'
import { checkFlags } from './check-flags.js'
import { readAttached } from './read-attached.js'
import { readLadder } from './read-ladder.js'
import { readTwap } from './read-twap.js'
import { positive, type VariantInput } from './variant.js'

/** A request read as terms, or the venue's reason word why it is none. */
export type ReadOrder =
  | { readonly kind: 'terms'; readonly terms: ExchangeTerms; readonly attached: AttachedTerms | undefined }
  | ({ readonly kind: 'refused' } & Refusal)

/**
 * Reads an order request of any of the twelve variants, with the bracket that may be attached to it.
 *
 * @param body - The raw body: `attached_order_configuration` is read from it.
 */
export function readOrder(
  request: {
    readonly product_id: string
    readonly side: string
    readonly order_configuration: WireOrderConfiguration
  },
  body: unknown,
  context: { readonly product: Product | undefined; readonly takerRate: Decimal; readonly nowMs: number },
): ReadOrder {
  const read = readTerms(request, context)
  if (read.kind === 'refused') return read
  const misplaced = checkFlags(request.order_configuration)
  if (misplaced) return { kind: 'refused', ...misplaced }
  const attached = readAttached((body as { attached_order_configuration?: unknown }).attached_order_configuration)
  if (attached && 'reason' in attached) return { kind: 'refused', ...attached }
  return { kind: 'terms', terms: read.terms, attached }
}

type ReadVariant = { readonly kind: 'terms'; readonly terms: ExchangeTerms } | ({ readonly kind: 'refused' } & Refusal)

function readTerms(request: Parameters<typeof readOrder>[0], context: Parameters<typeof readOrder>[2]): ReadVariant {
  const { order_configuration: configuration, product_id: productId, side } = request
  const keys = presentConfigurationKeys(configuration)
  const [key] = keys
  const isOurs = key?.startsWith('trigger_') || key === 'twap_limit_gtd' || key === 'scaled_limit_gtc'
  if (key === 'market_market_fok' && keys.length === 1) {
    return refused('UNSUPPORTED_ORDER_CONFIGURATION', 'market_market_fok is for perpetuals, not for spot')
  }
  if (key === undefined || !isOurs || keys.length !== 1 || (side !== 'BUY' && side !== 'SELL')) {
    return fromOrderConfiguration(request)
  }
  const fields = configuration[key]
  if (!fields) return refused('UNSUPPORTED_ORDER_CONFIGURATION', 'order_configuration is empty')
  const isBracket = key === 'trigger_bracket_gtc' || key === 'trigger_bracket_gtd'
  if (isBracket && fields.quote_size !== undefined) {
    return refused('QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET', 'a bracket needs base_size')
  }
  const size = readSize(fields)
  if (!size) return refused('PREVIEW_INVALID_ORDER_CONFIG', 'exactly one positive base_size or quote_size is needed')
  const input: VariantInput = { fields, productId, side, size, ...context }
  const terms = isBracket
    ? readBracket(input, key === 'trigger_bracket_gtd')
    : key === 'twap_limit_gtd'
      ? readTwap(input)
      : readLadder(input)
  return 'reason' in terms ? { kind: 'refused', ...terms } : { kind: 'terms', terms }
}

function readBracket({ fields, productId, side, size }: VariantInput, hasEnd: boolean): BracketTerms | Refusal {
  const limitPrice = positive(fields.limit_price)
  if (!limitPrice) return { reason: 'INVALID_BRACKET_LIMIT_PRICE', message: 'limit_price is not a positive decimal' }
  const stopTriggerPrice = positive(fields.stop_trigger_price)
  if (!stopTriggerPrice) {
    return { reason: 'INVALID_BRACKET_STOP_TRIGGER_PRICE', message: 'stop_trigger_price is not a positive decimal' }
  }
  const endTimeMs = hasEnd ? parseTimestamp(fields.end_time) : undefined
  if (hasEnd && endTimeMs === undefined) {
    return { reason: 'GTD_ORDERS_MUST_HAVE_END_TIME', message: 'end_time is missing or unreadable' }
  }
  return {
    orderType: 'BRACKET',
    timeInForce: hasEnd ? 'GTD' : 'GTC',
    productId,
    side,
    size,
    limitPrice,
    stopTriggerPrice,
    ...(endTimeMs === undefined ? {} : { endTimeMs }),
  }
}

function readSize(fields: WireOrderConfigurationFields): OrderSize | undefined {
  if ((fields.base_size === undefined) === (fields.quote_size === undefined)) return undefined
  const amount = positive(fields.base_size ?? fields.quote_size)
  if (!amount) return undefined
  return fields.base_size === undefined ? { kind: 'quote', quoteSize: amount } : { kind: 'base', baseSize: amount }
}

function refused(reason: string, message: string): ReadVariant {
  return { kind: 'refused', reason, message }
}
