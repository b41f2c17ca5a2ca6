import type { Decimal } from '../money/decimal.js'
import type { AttachedExits, OrderType, Rung, Side, TimeInForce } from './order.js'
import type { VenueOrderStatus } from './order-status.js'

/** An order as the venue shows it: cumulative, never a delta. */
export interface VenueOrder {
  readonly orderId: string
  readonly clientOrderId: string
  readonly productId: string
  readonly side: Side
  /** Unknown types of the venue (STOP, LIQUIDATION, …) come through as text. */
  readonly orderType: OrderType | (string & {})
  readonly timeInForce: TimeInForce | 'UNKNOWN'
  readonly status: VenueOrderStatus | (string & {})
  readonly baseSize?: Decimal
  readonly quoteSize?: Decimal
  readonly limitPrice?: Decimal
  /** The trigger, of a bracket too. */
  readonly stopPrice?: Decimal
  readonly stopDirection?: 'UP' | 'DOWN'
  readonly postOnly?: boolean
  readonly endTimeMs?: number
  /** Of a TWAP. */
  readonly startTimeMs?: number
  readonly sliceCount?: number
  /** Of a ladder. */
  readonly rungs?: readonly Rung[]
  /** The exits that wait for what this order fills. */
  readonly attached?: AttachedExits
  /** The order whose fills this one protects: the venue made it, nobody placed it. */
  readonly originatingOrderId?: string
  /** Base units filled so far. */
  readonly filledSize: Decimal
  /** Quote units exchanged so far, without fees. */
  readonly filledValue: Decimal
  readonly averageFilledPrice?: Decimal
  /** Quote units. */
  readonly totalFees: Decimal
  readonly outstandingHold?: Decimal
  readonly numberOfFills: number
  readonly createdAtMs: number
  readonly lastFillAtMs?: number
  /** The venue's own words for a refusal or cancellation; untrusted text. */
  readonly rejectReason?: string
  readonly cancelMessage?: string
}

/** One execution. Quantities are in base units even where the venue reported the quote amount. */
export interface Fill {
  readonly orderId: string
  /** The venue's id of the execution; (orderId, tradeId) is unique. */
  readonly tradeId: string
  readonly productId: string
  readonly side: Side
  readonly price: Decimal
  readonly baseSize: Decimal
  /** Quote units. */
  readonly fee: Decimal
  readonly feeCurrency: string
  readonly liquidity: 'MAKER' | 'TAKER' | 'UNKNOWN'
  readonly tradedAtMs: number
  readonly sequenceAtMs: number
}
