import type { TradingDesk } from '@tidegate/trading-desk'
import {
  BaseError,
  type Clock,
  type Disk,
  hasPermission,
  type Journal,
  type Log,
  type Timers,
} from '@tidegate/trading-model'
import type { AgentDirectory } from '../access/agent-directory.js'
import type { Config } from '../config/config.js'
import { createPolicyReload, type OpenedLimits, type PolicyReload } from '../control/policy-reload.js'

const LOOK_MS = 2_000
/** How long another gateway's change of the limits may go unnoticed. */
const FOLLOW_MS = 1_000

/**
 * Follows the limits of the configuration file: when its text changes, it is read again as if somebody had asked for it. A file that
 * is wrong changes nothing and is said once; one that the store could not take is tried again. What other gateways on the store
 * change is taken over within a second.
 */
export function followLimits(deps: {
  readonly config: Config
  readonly opened: OpenedLimits
  readonly agents: AgentDirectory
  readonly reread: (() => Promise<Pick<Config, 'policy' | 'agents'>>) | undefined
  readonly desk: Pick<TradingDesk, 'setPolicies'>
  readonly journal: Pick<Journal, 'audit' | 'changeLimits' | 'limitChanges' | 'isShared'>
  readonly log: Log
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
}): PolicyReload & { close(): void } {
  const { config, log, disk, agents, timers, journal } = deps
  const file = config.configFile
  const mayTrade = (name: string): boolean => {
    const principal = agents.principalOf(name)
    return principal !== undefined && hasPermission(principal, 'place_order', config.adminTrades)
  }
  const reload = createPolicyReload({
    ...deps,
    traders: agents.names.filter(mayTrade),
    agents: agents.names,
    reread: file === undefined ? undefined : deps.reread,
  })
  let known = textOf()

  function textOf(): string | undefined {
    try {
      return file === undefined ? undefined : disk.readText(file)
    } catch {
      return undefined
    }
  }

  function look(): void {
    const text = textOf()
    // One that is away for a moment is being written.
    if (text === undefined || text === known) return
    known = text
    reload.reload('file').catch((error: unknown) => {
      log.error('policy_not_reloaded', { file, error })
      const isOfFile = BaseError.isInstance(error) && error.code.startsWith('ERR_CONFIG')
      if (!isOfFile && known === text) known = undefined
    })
  }

  let following: Promise<void> | undefined
  function follow(): void {
    following ??= reload
      .follow()
      .catch((error: unknown) => log.warn('policy_not_followed', { error }))
      .finally(() => {
        following = undefined
      })
  }

  const running = [
    ...(file === undefined || deps.reread === undefined ? [] : [timers.every(LOOK_MS, look)]),
    ...(journal.isShared ? [timers.every(FOLLOW_MS, follow)] : []),
  ]
  return {
    ...reload,
    close() {
      for (const timer of running) timer.cancel()
    },
  }
}
