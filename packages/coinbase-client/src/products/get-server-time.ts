import { serverTimeResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { requireMs } from '../protocol-error.js'

/**
 * Asks for the venue's time.
 *
 * - Wire: `GET /api/v3/brokerage/time`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @param onExchange - Told between which two moments of our clock the answer was given.
 * @returns Ms since epoch (UTC).
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getServerTime(
  client: HttpClient,
  onExchange: (sentAtMs: number, receivedAtMs: number) => void = () => {},
): Promise<number> {
  const answer = await client.call('getServerTime', { schema: serverTimeResponseSchema, onExchange })
  return requireMs(answer.epochMillis, 'epochMillis', 'getServerTime')
}
