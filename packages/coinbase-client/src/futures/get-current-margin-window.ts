import { currentMarginWindowResponseSchema, type WireCurrentMarginWindow } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** The margin window now: overnight, weekend, intraday or the transition between them. */
export type MarginWindow = FromWire<WireCurrentMarginWindow>

/**
 * Gets the margin window that applies now.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/intraday/current_margin_window`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getCurrentMarginWindow(
  client: HttpClient,
  marginProfile = 'MARGIN_PROFILE_TYPE_RETAIL_REGULAR',
): Promise<MarginWindow> {
  const answer = await client.call('getCurrentMarginWindow', {
    schema: currentMarginWindowResponseSchema,
    query: { margin_profile_type: marginProfile },
  })
  return readWire(answer)
}
