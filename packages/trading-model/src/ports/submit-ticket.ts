import { InvariantError } from '../errors/errors.js'
import type { OrderTerms } from '../order/order.js'

export interface TicketFields {
  readonly intentId: string
  /** Our id at the venue: the idempotency key. */
  readonly clientOrderId: string
  readonly terms: OrderTerms
  /** Canonical text of the terms as committed; what is sent must mean exactly this. */
  readonly frozenTerms: string
  /** Latest moment at which the request may be signed, ms since epoch, venue time. */
  readonly signByMs: number
}

const live = new WeakSet<SubmitTicket>()

/**
 * The right to send one order once. Exists only after transaction 2 has committed, and is the only thing that
 * `Venue.submit` takes. It cannot be built, copied or used twice.
 */
export class SubmitTicket {
  readonly intentId: string
  readonly clientOrderId: string

  private constructor(private readonly fields: TicketFields) {
    this.intentId = fields.intentId
    this.clientOrderId = fields.clientOrderId
  }

  /** For the journal alone, after its second transaction has committed; a layer test holds everybody else off. */
  static mint(fields: TicketFields): SubmitTicket {
    const ticket = new SubmitTicket(fields)
    live.add(ticket)
    return ticket
  }

  /**
   * Uses the ticket up and returns what to send.
   *
   * @param venueNowMs - Venue time; past `signByMs` the ticket is void.
   * @throws InvariantError when it was used before or is none of ours.
   */
  static redeem(ticket: SubmitTicket, venueNowMs: number): TicketFields | 'expired' {
    if (!live.delete(ticket)) {
      throw new InvariantError(`Submit ticket of intent ${ticket.intentId} was used twice`, {
        hint: 'stop trading and report this',
      })
    }
    return venueNowMs > ticket.fields.signByMs ? 'expired' : ticket.fields
  }
}
