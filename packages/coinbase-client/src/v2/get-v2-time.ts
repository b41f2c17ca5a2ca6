import { v2TimeResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { requireMs } from '../protocol-error.js'

/**
 * Asks the v2 interface for its time.
 *
 * - Wire: `GET /v2/time`
 * - Key: `none`, weight 1 of the public bucket
 *
 * @returns Ms since epoch (UTC), in whole seconds.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getV2Time(client: HttpClient): Promise<number> {
  const { data } = await client.call('getV2Time', { schema: v2TimeResponseSchema })
  return requireMs(data.epoch === undefined ? data.iso : data.epoch * 1000, 'epoch', 'getV2Time')
}
