import { keyPermissionsResponseSchema } from '@tidegate/coinbase-wire'
import type { KeyPermissions, Signer } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { rememberRaw } from '../raw-of.js'

/**
 * Tells what the key may do. Refuse a key with `canTransfer` unless transfers are wanted.
 *
 * - Wire: `GET /api/v3/brokerage/key_permissions`
 * - Key: `any`, weight 1 of the private bucket
 *
 * @param signer - Asks about another key than the client's.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getKeyPermissions(client: HttpClient, signer?: Signer): Promise<KeyPermissions> {
  const answer = await client.call('getKeyPermissions', {
    schema: keyPermissionsResponseSchema,
    ...(signer ? { signer } : {}),
  })
  const permissions: KeyPermissions = {
    canView: answer.can_view,
    canTrade: answer.can_trade,
    canTransfer: answer.can_transfer,
    portfolioId: answer.portfolio_uuid,
    portfolioType: answer.portfolio_type,
  }
  return rememberRaw(permissions, answer)
}
