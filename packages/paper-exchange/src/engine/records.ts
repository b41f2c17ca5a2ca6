import { Decimal, type OrderTerms, readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'

/** Decimal text in a file, a {@link Decimal} in memory. */
const decimal = z.union([z.string(), z.instanceof(Decimal)]).transform((value, context): Decimal => {
  if (typeof value !== 'string') return value
  const read = readDecimal(value) ?? tinyDecimal(value)
  if (read) return read
  context.addIssue({ code: 'custom', message: `${JSON.stringify(value.slice(0, 40))} is not a decimal` })
  return z.NEVER
})

const moment = z.number().int()

const size = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('base'), baseSize: decimal }),
  z.object({ kind: z.literal('quote'), quoteSize: decimal }),
])

const common = { productId: z.string(), side: z.enum(['BUY', 'SELL']), size }

/** The file's form of terms is their JSON; this reads it back. */
const terms = z
  .discriminatedUnion('orderType', [
    z.object({ orderType: z.literal('MARKET'), timeInForce: z.literal('IOC'), ...common }),
    z.object({
      orderType: z.literal('LIMIT'),
      timeInForce: z.enum(['GTC', 'GTD', 'IOC', 'FOK']),
      ...common,
      limitPrice: decimal,
      postOnly: z.boolean(),
      endTimeMs: moment.optional(),
    }),
    z.object({
      orderType: z.literal('STOP_LIMIT'),
      timeInForce: z.enum(['GTC', 'GTD']),
      ...common,
      limitPrice: decimal,
      stopPrice: decimal,
      stopDirection: z.enum(['UP', 'DOWN']),
      endTimeMs: moment.optional(),
    }),
  ])
  // JSON has no `undefined`: an absent key stays absent, which is all that exactOptionalPropertyTypes asks for.
  .transform((value) => value as OrderTerms)

/** A stretch of time in which the exchange was not running while the order was live. Nothing is known about it. */
const gap = z.object({ fromMs: moment, toMs: moment })
export type Gap = z.output<typeof gap>

export const orderRecordSchema = z.object({
  orderId: z.string(),
  clientOrderId: z.string(),
  /** Order of acceptance, from 1: the time in "price-time". */
  sequence: z.number().int(),
  terms,
  baseCurrency: z.string(),
  quoteCurrency: z.string(),
  /** Frozen at acceptance, so that a hold always covers its fees. */
  takerRate: decimal,
  makerRate: decimal,
  status: z.enum(['PENDING', 'OPEN', 'CANCEL_QUEUED', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED']),
  isTriggered: z.boolean(),
  holdCurrency: z.string(),
  hold: decimal,
  filledSize: decimal,
  filledValue: decimal,
  totalFees: decimal,
  fillCount: z.number().int(),
  createdAtMs: moment,
  updatedAtMs: moment,
  lastFillAtMs: moment.optional(),
  cancelMessage: z.string(),
  gaps: z.array(gap),
})
/** An order with everything that happened to it. Owned by the state; everybody else reads. */
export type OrderRecord = z.output<typeof orderRecordSchema>

export const fillRecordSchema = z.object({
  sequence: z.number().int(),
  tradeId: z.string(),
  orderId: z.string(),
  productId: z.string(),
  side: z.enum(['BUY', 'SELL']),
  price: decimal,
  baseSize: decimal,
  /** Quote units exchanged, without the fee. */
  quoteValue: decimal,
  /** Quote units. */
  fee: decimal,
  liquidity: z.enum(['MAKER', 'TAKER']),
  sizeInQuote: z.boolean(),
  atMs: moment,
  /**
   * What proves that the market was there: `book` (we took displayed size), `trade` (an opposite trade reached us),
   * `cross` (new opposite size arrived at or through our price).
   */
  evidence: z.enum(['book', 'trade', 'cross']),
  /** Base units that the evidence showed; the fill is never larger. */
  seenSize: decimal,
})
export type FillRecord = z.output<typeof fillRecordSchema>

export const depositRecordSchema = z.object({
  depositId: z.string(),
  currency: z.string(),
  amount: decimal,
  atMs: moment,
})
export type DepositRecord = z.output<typeof depositRecordSchema>

export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deposited'), deposit: depositRecordSchema }),
  z.object({ kind: z.literal('accepted'), order: orderRecordSchema }),
  z.object({ kind: z.literal('opened'), orderId: z.string(), atMs: moment }),
  z.object({ kind: z.literal('triggered'), orderId: z.string(), atMs: moment }),
  z.object({ kind: z.literal('filled'), fill: fillRecordSchema, holdAfter: decimal }),
  z.object({ kind: z.literal('cancel-queued'), orderId: z.string(), atMs: moment }),
  z.object({
    kind: z.literal('closed'),
    orderId: z.string(),
    status: z.enum(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED']),
    message: z.string(),
    atMs: moment,
  }),
  z.object({ kind: z.literal('gap-passed'), orderIds: z.array(z.string()), gap }),
])
/** One change of state. The engine decides, the state applies, the journal keeps: all three see the same thing. */
export type Effect = z.output<typeof effectSchema>

/** `Decimal` writes numbers below 1e-40 with an exponent; they cannot arise here, but a reader should not choke. */
function tinyDecimal(value: string): Decimal | undefined {
  return /^-?\d(\.\d+)?e[+-]\d{1,3}$/.test(value) ? new Decimal(value) : undefined
}

const live: ReadonlySet<OrderRecord['status']> = new Set(['PENDING', 'OPEN', 'CANCEL_QUEUED'])

/** True while the order may still trade or hold money. */
export function isLive(order: OrderRecord): boolean {
  return live.has(order.status)
}

/** Base units left to trade of a base-sized order; zero for a quote-sized one, which never rests. */
export function remainingSize(order: OrderRecord): Decimal {
  return order.terms.size.kind === 'base' ? order.terms.size.baseSize.sub(order.filledSize) : new Decimal(0)
}
