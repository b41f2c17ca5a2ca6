import { InvariantError } from '../errors/errors.js'
import type { OrderTerms } from '../order/order.js'

export interface TicketFields {
  readonly intentId: string
  /** Our id at the venue: the idempotency key. */
  readonly clientOrderId: string
  readonly terms: OrderTerms
  /** Canonical text of the terms as committed; what is sent must mean exactly this. */
  readonly frozenTerms: string
  /** When the ticket was asked for, ms since epoch, venue time: a clock that says less was put back meanwhile and cannot tell the deadline. */
  readonly signFromMs: number
  /** Latest moment at which the request may be signed, ms since epoch, venue time. */
  readonly signByMs: number
  /** The venue's id of the order to change: present exactly in the ticket of an edit. */
  readonly targetOrderId?: string
}

export type EditTicketFields = TicketFields & { readonly targetOrderId: string }

const live = new WeakSet<SubmitTicket>()

/**
 * The right to send one order or one edit once. Exists only after transaction 2 has committed, and is the only thing that
 * `Venue.submit` and `Venue.edit` take. It cannot be built, copied or used twice, nor used for the other of the two.
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
   * @param venueNowMs - Venue time; before `signFromMs` and past `signByMs` the ticket is void.
   * @throws InvariantError when it was used before, is none of ours, or is an edit's: that would make a second order.
   */
  static redeem(ticket: SubmitTicket, venueNowMs: number): TicketFields | 'expired' {
    const fields = SubmitTicket.use(ticket)
    if (fields.targetOrderId !== undefined) {
      throw new InvariantError(`The ticket of edit ${ticket.intentId} was used to place an order`)
    }
    if (venueNowMs < fields.signFromMs) return 'expired'
    return venueNowMs > fields.signByMs ? 'expired' : fields
  }

  /**
   * Uses the ticket of an edit up and returns what to send.
   *
   * @param venueNowMs - Venue time; before `signFromMs` and past `signByMs` the ticket is void.
   * @throws InvariantError when it was used before, is none of ours, or is no edit's.
   */
  static redeemEdit(ticket: SubmitTicket, venueNowMs: number): EditTicketFields | 'expired' {
    const fields = SubmitTicket.use(ticket)
    const { targetOrderId } = fields
    if (targetOrderId === undefined)
      throw new InvariantError(`The ticket of order ${ticket.intentId} was used for an edit`)
    if (venueNowMs < fields.signFromMs) return 'expired'
    return venueNowMs > fields.signByMs ? 'expired' : { ...fields, targetOrderId }
  }

  private static use(ticket: SubmitTicket): TicketFields {
    if (!live.delete(ticket)) {
      throw new InvariantError(`Submit ticket of intent ${ticket.intentId} was used twice`, {
        hint: 'stop trading and report this',
      })
    }
    return ticket.fields
  }
}
