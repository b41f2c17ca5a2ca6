import type { Balance, FeeRates, KeyPermissions, Transfer } from '../account/account.js'
import type { Fill, VenueOrder } from '../order/venue-order.js'
import type { SubmitTicket } from './submit-ticket.js'

export const ENVIRONMENTS = ['paper', 'sandbox', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export interface VenueAck {
  readonly orderId: string
  readonly clientOrderId: string
  readonly productId: string
  readonly side: string
  readonly receivedAtMs: number
}

/** The venue took an edit for processing; whether it comes true only the order shows. */
export interface EditAck {
  readonly orderId: string
  readonly receivedAtMs: number
}

export interface CancelResult {
  readonly orderId: string
  /** `accepted`: the cancel was taken, the order may still fill. `refused`: see `reason`. `unknown`: ask again. */
  readonly outcome: 'accepted' | 'refused' | 'unknown'
  /** The venue's reason word, e.g. `ORDER_IS_FULLY_FILLED`. */
  readonly reason?: string
}

export interface OrderQuery {
  /** Creation time, ms since epoch (UTC). */
  readonly sinceMs?: number
  readonly untilMs?: number
  readonly productId?: string
  /** `live`: everything not terminal, found without the venue's OPEN filter. */
  readonly only?: 'live'
}

export interface FillQuery {
  readonly orderIds?: readonly string[]
  readonly productId?: string
  readonly sinceMs?: number
  readonly untilMs?: number
}

/** Where orders go. Held by the desk alone. */
export interface Venue {
  readonly environment: Environment
  /**
   * Sends the order behind the ticket, once.
   *
   * @throws VenueRejectedError nothing is live. VenueOutcomeUnknownError it may be live. VenueAuthError, VenueNotSentError surely not live.
   */
  submit(ticket: SubmitTicket): Promise<VenueAck>
  /**
   * Sends the edit behind the ticket, once: price and total size of the target order, both always.
   *
   * @throws VenueRejectedError the order keeps its terms. VenueOutcomeUnknownError it may have either. VenueAuthError, VenueNotSentError
   * surely not sent.
   */
  edit(ticket: SubmitTicket): Promise<EditAck>
  /** One result per id, in order; repeats are safe. */
  cancel(orderIds: readonly string[]): Promise<readonly CancelResult[]>
  /** `undefined` when the venue does not show it (yet). */
  getOrder(orderId: string): Promise<VenueOrder | undefined>
  /** Complete, or it throws: a cut list is never returned. Newest first. */
  listOrders(query: OrderQuery): Promise<readonly VenueOrder[]>
  /** Complete, or it throws. Newest first. */
  listFills(query: FillQuery): Promise<readonly Fill[]>
}

export interface AccountReader {
  /** Complete list of wallets. */
  balances(): Promise<readonly Balance[]>
  feeRates(): Promise<FeeRates>
  keyPermissions(): Promise<KeyPermissions>
  /** Deposits and withdrawals, newest first. */
  transfers(limit: number): Promise<readonly Transfer[]>
  /** Venue clock minus ours in ms, measured; `undefined` before the first measurement. */
  clockSkewMs(): number | undefined
}
