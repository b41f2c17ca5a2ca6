import { Decimal, readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import type { ExchangeTerms } from './terms.js'

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
    z.object({
      orderType: z.literal('BRACKET'),
      timeInForce: z.enum(['GTC', 'GTD']),
      ...common,
      limitPrice: decimal,
      stopTriggerPrice: decimal,
      endTimeMs: moment.optional(),
    }),
    z.object({
      orderType: z.literal('TWAP'),
      timeInForce: z.literal('GTD'),
      ...common,
      limitPrice: decimal,
      startTimeMs: moment,
      endTimeMs: moment,
      bucketCount: z.number().int(),
      bucketDurationMs: moment,
    }),
    z.object({
      orderType: z.literal('SCALED'),
      timeInForce: z.literal('GTC'),
      ...common,
      rungs: z.array(z.object({ limitPrice: decimal, baseSize: decimal })).readonly(),
      priceDistribution: z.string().optional(),
      sizeDistribution: z.string().optional(),
    }),
  ])
  // JSON has no `undefined`: an absent key stays absent, which is all that exactOptionalPropertyTypes asks for.
  .transform((value) => value as ExchangeTerms)

/**
 * A stretch of time in which the exchange was not running while the order was live. `isReplayed`: the price source knows what
 * happened then and the order was worked through it; otherwise nothing is known.
 */
const gap = z.object({ fromMs: moment, toMs: moment, isReplayed: z.boolean().optional() })
export type Gap = z.output<typeof gap>

/** The portfolio that every key without another one trades in. The wire shows it under the identity's id. */
export const DEFAULT_PORTFOLIO = 'default'

const portfolioId = z.string().default(DEFAULT_PORTFOLIO)

/** A rung of a ladder and what it has filled. */
const leg = z.object({ limitPrice: decimal, baseSize: decimal, filledSize: decimal })
export type Leg = z.output<typeof leg>

/** What an edit asks for. `size` is the new total: base units, filled ones included. */
const orderEdit = z.object({ limitPrice: decimal, size: decimal, stopPrice: decimal.optional() })
export type OrderEdit = z.output<typeof orderEdit>

/** How an order read before an edit. */
const pastTerms = z.object({ limitPrice: decimal, size: decimal, acceptedAtMs: moment })

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
  status: z.enum(['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED']),
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
  portfolioId,
  /** Time priority in the book; the sequence unless an edit or a trigger has renewed it. */
  priority: z.number().int().optional(),
  /** Base units that the order works; absent where the amount is an amount of money to the end. */
  workableSize: decimal.optional(),
  /** Of a ladder: its rungs. */
  legs: z.array(leg).optional(),
  /** Of a TWAP: buckets that have been sent to the market. */
  slicesSent: z.number().int().optional(),
  /** The bracket that its fills are to get. */
  attached: z.object({ limitPrice: decimal, stopTriggerPrice: decimal }).optional(),
  originatingOrderId: z.string().optional(),
  attachedOrderId: z.string().optional(),
  /** The last five, oldest first. */
  editHistory: z.array(pastTerms).default([]),
  pendingEdit: orderEdit.optional(),
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
  /** Of a ladder: which rung. */
  leg: z.number().int().optional(),
  /** Of a maker: base units that were estimated to stand in front when the order entered the book. Absent where nobody could know. */
  queueAtEntry: decimal.optional(),
  /** Name of the price source that the evidence came from. */
  priceSource: z.string().optional(),
})
export type FillRecord = z.output<typeof fillRecordSchema>

export const depositRecordSchema = z.object({
  depositId: z.string(),
  currency: z.string(),
  amount: decimal,
  atMs: moment,
  portfolioId,
})
export type DepositRecord = z.output<typeof depositRecordSchema>

export const portfolioRecordSchema = z.object({
  portfolioId: z.string(),
  name: z.string(),
  createdAtMs: moment,
  isDeleted: z.boolean(),
})
/** A portfolio beside the default one. */
export type PortfolioRecord = z.output<typeof portfolioRecordSchema>

export const moveRecordSchema = z.object({
  moveId: z.string(),
  fromPortfolioId: z.string(),
  toPortfolioId: z.string(),
  currency: z.string(),
  amount: decimal,
  atMs: moment,
})
/** Money moved between two own portfolios. */
export type MoveRecord = z.output<typeof moveRecordSchema>

export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deposited'), deposit: depositRecordSchema }),
  z.object({ kind: z.literal('accepted'), order: orderRecordSchema }),
  z.object({ kind: z.literal('opened'), orderId: z.string(), atMs: moment }),
  z.object({
    kind: z.literal('triggered'),
    orderId: z.string(),
    atMs: moment,
    priority: z.number().int().optional(),
  }),
  z.object({ kind: z.literal('sliced'), orderId: z.string(), slices: z.number().int(), atMs: moment }),
  z.object({ kind: z.literal('edit-queued'), orderId: z.string(), edit: orderEdit, atMs: moment }),
  z.object({ kind: z.literal('edit-dropped'), orderId: z.string(), atMs: moment }),
  /** New terms for a live order: an edit (which `was` keeps), or a child growing with its parent's fills. */
  z.object({
    kind: z.literal('reworked'),
    orderId: z.string(),
    terms,
    workableSize: decimal,
    hold: decimal,
    priority: z.number().int().optional(),
    was: pastTerms.optional(),
    atMs: moment,
  }),
  z.object({ kind: z.literal('attached'), parentId: z.string(), childId: z.string(), atMs: moment }),
  z.object({ kind: z.literal('portfolio-set'), portfolio: portfolioRecordSchema }),
  z.object({ kind: z.literal('moved'), move: moveRecordSchema }),
  /** A price source was begun: what a restart takes it up from. */
  z.object({ kind: z.literal('prices-opened'), source: z.string(), openedAtMs: moment, atMs: moment }),
  /** Everything before is forgotten: no order, fill, deposit or portfolio of it is left. */
  z.object({ kind: z.literal('reset'), atMs: moment }),
  /** Nothing happened until then, and somebody was looking: no gap before this moment. */
  z.object({ kind: z.literal('watched'), atMs: moment }),
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

const live: ReadonlySet<OrderRecord['status']> = new Set(['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED'])

/** True while the order may still trade or hold money. */
export function isLive(order: OrderRecord): boolean {
  return live.has(order.status)
}

/** Base units that an order works in all; `undefined` where it is an amount of money to the end. */
export function workableSize(order: OrderRecord): Decimal | undefined {
  const { size } = order.terms
  return order.workableSize ?? (size.kind === 'base' ? size.baseSize : undefined)
}

/** Base units left to trade; zero for an order that is an amount of money, which never rests. */
export function remainingSize(order: OrderRecord): Decimal {
  return workableSize(order)?.sub(order.filledSize) ?? new Decimal(0)
}

/** Base units left to trade of one rung, or of the whole order where it has none. */
export function remainingOf(order: OrderRecord, legIndex: number | undefined): Decimal {
  const rung = legIndex === undefined ? undefined : order.legs?.[legIndex]
  return rung ? rung.baseSize.sub(rung.filledSize) : remainingSize(order)
}

/** Money that a buy has spent: value and fees. */
export function spentValue(order: OrderRecord): Decimal {
  return order.filledValue.add(order.totalFees)
}

/** Time priority in the book: the lower, the earlier. */
export function priorityOf(order: OrderRecord): number {
  return order.priority ?? order.sequence
}
