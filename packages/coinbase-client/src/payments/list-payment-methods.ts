import { listPaymentMethodsResponseSchema, type WirePaymentMethod } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** A bank account, card or fiat wallet. */
export type PaymentMethod = FromWire<WirePaymentMethod>

/**
 * Lists bank accounts, cards and fiat wallets.
 *
 * - Wire: `GET /api/v3/brokerage/payment_methods`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listPaymentMethods(client: HttpClient): Promise<readonly PaymentMethod[]> {
  const answer = await client.call('listPaymentMethods', { schema: listPaymentMethodsResponseSchema })
  return readWire(answer.payment_methods)
}
