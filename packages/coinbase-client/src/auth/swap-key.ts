import { ConfigError, type KeyPermissions, type Log, type Signer, VenueAuthError } from '@tidegate/trading-model'
import { getKeyPermissions } from '../accounts/get-key-permissions.js'
import type { HttpClient } from '../http/http-client.js'
import type { SwappableSigner } from './swappable-signer.js'

/**
 * Puts another key in force without a pause: asks the venue what the new key may do, switches, and waits until every request
 * that the old key signed has its answer. Sockets use the new key with their next message.
 *
 * - Wire: `GET /api/v3/brokerage/key_permissions`, once with each key
 *
 * The old key stays in force unless the new one is accepted, sees the same portfolio, may do what the old one may, and may
 * not transfer money where the old one may not. A venue that no longer knows the old key leaves nothing to compare with.
 *
 * @returns What the new key may do; by then the old one can be deleted at Coinbase.
 * @throws {VenueAuthError} `ERR_VENUE_AUTH` when the venue does not accept the new key; {VenueError} when it cannot be asked.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when the new key may do less, or more, than the old one.
 */
export async function swapKey(
  client: HttpClient,
  signer: SwappableSigner,
  next: Signer,
  log: Log,
): Promise<KeyPermissions> {
  const now = await getKeyPermissions(client, next)
  if (!now.canView) throw refused('may not view the account')
  const before = await permissionsOfOld(client, signer.current())
  if (before) {
    if (now.portfolioId !== before.portfolioId) throw refused('belongs to another portfolio')
    if (before.canTrade && !now.canTrade) throw refused('may not trade, which the present one may')
    if (now.canTransfer && !before.canTransfer) throw refused('may transfer money, which the present one may not')
  }
  const old = await signer.swap(next)
  log.info('key_swapped', { from: old.keyName, to: next.keyName, compared: before !== undefined })
  return now
}

async function permissionsOfOld(client: HttpClient, old: Signer): Promise<KeyPermissions | undefined> {
  try {
    return await getKeyPermissions(client, old)
  } catch (error) {
    if (error instanceof VenueAuthError) return undefined
    throw error
  }
}

function refused(why: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `The new key ${why}; the present one stays in force`, {
    hint: 'make a key with the same portfolio and the same permissions',
  })
}
