import {
  type AttachedConfiguration,
  type DecimalInput,
  editOrderRequestSchema,
  editOrderResponseSchema,
} from '@tidegate/coinbase-wire'
import { amountText, checkInput } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { parseEditAnswer } from './parse-edit-answer.js'

/** A change to a resting order. Price and size are both needed: the venue reads what is left out as 0. */
export interface OrderEdit {
  readonly orderId: string
  /** Quote units per base unit. */
  readonly price: DecimalInput
  /** New total in base units, what is filled included. */
  readonly size: DecimalInput
  readonly stopPrice?: DecimalInput
  readonly attachedOrderConfiguration?: AttachedConfiguration
  readonly cancelAttachedOrder?: boolean
}

/**
 * Changes price or size of a resting limit, stop-limit or bracket order (good till cancelled), once. A smaller size
 * keeps the
 * place in the queue, anything else loses it.
 *
 * - Wire: `POST /api/v3/brokerage/orders/edit`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here. Success means taken; whether it comes true only the order shows.
 *
 * > [!WARNING]
 * > On {@link VenueOutcomeUnknownError} the order may have either price: get it, never resend.
 *
 * @param edit - The change, or a function that hands it out when the rate budget lets it through and that may throw to
 * keep it from leaving.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function editOrder(
  client: HttpClient,
  edit: OrderEdit | (() => OrderEdit),
): Promise<{ readonly orderId: string }> {
  let orderId = ''
  const write = (change: OrderEdit): unknown => {
    orderId = change.orderId
    return writeEdit(change)
  }
  // Plain edits are checked before they wait for the rate budget; a function is asked when its turn has come.
  const body = typeof edit === 'function' ? undefined : write(edit)
  const answer = await client.call('editOrder', {
    schema: editOrderResponseSchema,
    body: () => (typeof edit === 'function' ? write(edit()) : body),
  })
  return parseEditAnswer(answer, orderId)
}

/** Writes and checks the body of an edit. @throws {InputError} `ERR_INPUT_INVALID` */
export function writeEdit(edit: OrderEdit): unknown {
  return checkInput(editOrderRequestSchema, {
    order_id: edit.orderId,
    price: amountText(edit.price, 'price'),
    size: amountText(edit.size, 'size'),
    ...(edit.stopPrice === undefined ? {} : { stop_price: amountText(edit.stopPrice, 'stopPrice') }),
    ...(edit.attachedOrderConfiguration ? { attached_order_configuration: edit.attachedOrderConfiguration } : {}),
    ...(edit.cancelAttachedOrder === undefined ? {} : { cancel_attached_order: edit.cancelAttachedOrder }),
  })
}
