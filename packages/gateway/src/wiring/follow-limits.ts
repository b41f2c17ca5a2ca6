import type { TradingDesk } from '@tidegate/trading-desk'
import { ConfigError, type Disk, type Journal, type Log, type Timers } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import { createPolicyReload, type PolicyReload } from '../control/policy-reload.js'

const LOOK_MS = 2_000

/**
 * Follows the limits of the configuration file: when its text changes, it is read again as if somebody had asked for it. A file that
 * is wrong changes nothing and is said once.
 *
 * Where approving takes a code, loosening by this door is refused: a code is judged for one order only, so looser limits take a
 * restart by whoever runs the gateway.
 */
export function followLimits(deps: {
  readonly config: Config
  readonly reread: (() => Promise<Pick<Config, 'policy' | 'agents'>>) | undefined
  readonly desk: Pick<TradingDesk, 'setPolicies'>
  readonly journal: Pick<Journal, 'audit'>
  readonly log: Log
  readonly disk: Disk
  readonly timers: Timers
}): PolicyReload & { close(): void } {
  const { config, log, disk } = deps
  const file = config.configFile
  const reload = createPolicyReload({ ...deps, opened: config, reread: file === undefined ? undefined : deps.reread })
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
    reload.reload('file').catch((error: unknown) => log.error('policy_not_reloaded', { file, error }))
  }

  const timer = file === undefined || deps.reread === undefined ? undefined : deps.timers.every(LOOK_MS, look)
  return {
    ...reload,
    async loosen(by, version) {
      if (!config.approvals.requireTotp) return reload.loosen(by, version)
      throw new ConfigError('ERR_CONFIG_INVALID', 'Looser limits take a restart here, because approving takes a code', {
        hint: 'stop the gateway and start it with the new file; what is tighter holds already',
      })
    },
    close: () => timer?.cancel(),
  }
}
