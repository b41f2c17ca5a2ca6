import type { EndpointName, WireV2FiatTransfer } from '@tidegate/coinbase-wire'
import { refusedOutcome, unclearOutcome } from '../outcome.js'

/**
 * Holds the answer to a fiat transfer against what was asked for.
 *
 * @throws {VenueRejectedError} when it was canceled at once, {VenueOutcomeUnknownError} when it is in another currency.
 */
export function checkFiatTransfer(
  transfer: WireV2FiatTransfer,
  endpoint: EndpointName,
  currency: string = transfer.amount.currency,
): WireV2FiatTransfer {
  const context = { transferId: transfer.id, status: transfer.status }
  if (transfer.amount.currency !== currency) {
    throw unclearOutcome(endpoint, 'Coinbase answered with a transfer in another currency', context)
  }
  if (transfer.status === 'canceled' || transfer.status === 'failed') {
    throw refusedOutcome(endpoint, `Coinbase did not transfer: it is ${transfer.status}`, transfer.status, context)
  }
  return transfer
}
