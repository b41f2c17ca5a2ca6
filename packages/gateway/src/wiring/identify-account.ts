import { join } from 'node:path'
import { BaseError, ConfigError, type Disk, type Log, VenueError } from '@tidegate/trading-model'
import { z } from 'zod'
import type { Config } from '../config/config.js'
import { checkKey } from './check-key.js'
import type { ConnectedVenue } from './connect-venue.js'

export interface IdentifyOptions {
  readonly config: Config
  /** The environment's folder in the home. */
  readonly folder: string
  /** Name of the key in use. */
  readonly keyName: string
  readonly venue: ConnectedVenue['venue']
  readonly disk: Disk
  readonly log: Log
}

export interface IdentifiedAccount {
  /** The portfolio the key is bound to. */
  readonly accountId: string
  /** Present when the venue could not be asked: what has to succeed before an order is taken. */
  readonly checkLater?: () => Promise<void>
}

const remembered = z.strictObject({ key: z.string(), account: z.string() })

/**
 * Finds out which portfolio the key is bound to and refuses a key that may do more than trade. A venue that cannot be reached does not
 * keep a home shut that has met it before with this key: reads and cancels must work as soon as the venue does. The check then stands
 * before the first order.
 *
 * @throws {ConfigError} The key is not to be used. {VenueError} The venue refused it, or cannot be reached on the very first start.
 */
export async function identifyAccount(options: IdentifyOptions): Promise<IdentifiedAccount> {
  const { config, folder, keyName, venue, disk, log } = options
  if (config.environment === 'sandbox') return { accountId: 'sandbox' }
  const path = join(folder, 'account.json')

  async function ask(): Promise<string> {
    await venue.measureClock()
    const permissions = await venue.keyPermissions()
    checkKey(permissions, !config.dryRun)
    return permissions.portfolioId
  }

  const known = readRemembered(disk.readText(path))
  try {
    const accountId = await ask()
    if (known?.key !== keyName || known.account !== accountId) {
      rememberAccount(disk, folder, keyName, accountId)
    }
    return { accountId }
  } catch (error) {
    if (!isUnreachable(error) || known?.key !== keyName) throw error
    log.warn('venue_unreachable_at_start', { error, account: known.account })
    const checkLater = async (): Promise<void> => {
      const accountId = await ask()
      if (accountId === known.account) return
      throw new ConfigError('ERR_CONFIG_INVALID', 'the key is bound to another portfolio than at the last start', {
        hint: 'Restart, so that the new portfolio is opened',
      })
    }
    return { accountId: known.account, checkLater }
  }
}

/** Remembers which portfolio a key is bound to. */
export function rememberAccount(disk: Disk, folder: string, key: string, account: string): void {
  disk.writeTextAtomically(join(folder, 'account.json'), `${JSON.stringify({ key, account })}\n`, 0o600)
}

/** A refusal is an answer; a venue that is away gives none. */
function isUnreachable(error: unknown): boolean {
  const isVenueError =
    error instanceof VenueError || (BaseError.isInstance(error) && error.code.startsWith('ERR_VENUE_'))
  return isVenueError && (error as BaseError).code !== 'ERR_VENUE_AUTH'
}

function readRemembered(text: string | undefined): z.output<typeof remembered> | undefined {
  if (text === undefined) return undefined
  try {
    return remembered.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
