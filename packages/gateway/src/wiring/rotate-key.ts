import { createKeySigner } from '@tidegate/coinbase-client'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { ConfigError, type Disk, type Journal } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Scrubber } from '../secrets/create-scrubber.js'
import { claimKey } from '../secrets/key-register.js'
import type { KeySource } from '../secrets/unlock-secrets.js'
import type { ConnectedVenue } from './connect-venue.js'
import { rememberAccount } from './identify-account.js'

/** What a change of keys needs of an open gateway. */
export interface RotateDeps {
  readonly config: Config
  /** The environment's folder. */
  readonly folder: string
  readonly venue: ConnectedVenue['venue']
  readonly keys: KeySource
  readonly journal: Journal
  readonly disk: Disk
  readonly scrubber: Scrubber
}

/**
 * Puts the key that waits in force without a pause: the venue is asked what it may do and whose portfolio it sees, requests under way
 * end with the old one, everything after is signed with the new one. On any refusal the old key stays, and the new one is forgotten.
 *
 * - Wire: `GET /api/v3/brokerage/key_permissions`, once with each key
 *
 * @returns Verb for the operator's door: `{ok, from, to, portfolio}`.
 * @throws {ConfigError} No key waits, it belongs elsewhere, or it may do less or more than the present one. {VenueError} The venue does
 * not take it.
 */
export function createKeyRotation(deps: RotateDeps): () => Promise<JsonObject> {
  let inForce = deps.config.coinbase.apiKey ?? ''
  let running: Promise<JsonObject> | undefined

  const rotate = async (): Promise<JsonObject> => {
    const { config, folder, venue, keys, journal, disk, scrubber } = deps
    if (config.environment !== 'production') {
      throw new ConfigError('ERR_CONFIG_INVALID', `${config.environment} has no key that could be changed`, {
        hint: 'Only production signs with a key of Coinbase',
      })
    }
    const next = keys.next(inForce)
    if (!next) {
      throw new ConfigError('ERR_CONFIG_MISSING', 'no other key waits to take over', {
        hint: 'Run `tidegate secrets rotate --key-file FILE`, or replace the key file first',
      })
    }
    scrubber.register(next.secret)
    const from = inForce
    try {
      claimKey(disk, config.homeFolder, next.name, config.environment)
      const permissions = await venue.swapKey(createKeySigner(next.name, next.secret))
      inForce = next.name
      keys.settle('taken')
      rememberAccount(disk, folder, next.name, permissions.portfolioId)
      await journal.audit({ actor: 'operator', type: 'key.rotated', body: { from, to: next.name } })
      return { ok: true, from, to: next.name, portfolio: permissions.portfolioId }
    } catch (error) {
      if (inForce === from) {
        keys.settle('refused')
        await journal.audit({ actor: 'operator', type: 'key.rotation_refused', body: { from, to: next.name } })
      }
      throw error
    }
  }
  return () => {
    running ??= rotate().finally(() => {
      running = undefined
    })
    return running
  }
}
