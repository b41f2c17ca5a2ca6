import { futuresBalanceSummaryResponseSchema, type WireFuturesBalanceSummary } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** Balances and margins of the US futures account. */
export type FuturesBalanceSummary = FromWire<WireFuturesBalanceSummary>

/**
 * Gets the balances and margins of the US futures account, in USD.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/balance_summary`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getFuturesBalanceSummary(client: HttpClient): Promise<FuturesBalanceSummary> {
  const answer = await client.call('getFuturesBalanceSummary', { schema: futuresBalanceSummaryResponseSchema })
  return readWire(answer.balance_summary)
}
