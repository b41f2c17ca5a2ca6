import { paymentMethodResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { readWire } from '../read-wire.js'
import type { PaymentMethod } from './list-payment-methods.js'

/**
 * Gets one payment method.
 *
 * - Wire: `GET /api/v3/brokerage/payment_methods/{payment_method_id}`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getPaymentMethod(client: HttpClient, paymentMethodId: string): Promise<PaymentMethod> {
  const answer = await client.call('getPaymentMethod', {
    schema: paymentMethodResponseSchema,
    parameters: { payment_method_id: paymentMethodId },
  })
  return readWire(answer.payment_method)
}
