import { listFuturesSweepsResponseSchema, type WireFuturesSweep } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { type FromWire, readWire } from '../read-wire.js'

/** Money on its way from the futures to the spot wallet. */
export type FuturesSweep = FromWire<WireFuturesSweep>

/**
 * Lists the sweeps from the futures to the spot wallet that are pending or processing.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/sweeps`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listFuturesSweeps(client: HttpClient): Promise<readonly FuturesSweep[]> {
  const { sweeps } = await client.call('listFuturesSweeps', { schema: listFuturesSweepsResponseSchema })
  return readWire(sweeps)
}
