import type { JsonObject } from '@tidegate/mcp-adapter'
import type { TradingDesk } from '@tidegate/trading-desk'
import { type Clock, type MarketFeed, MODES, type Mode } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Health } from '../gateway.js'

export interface HealthSources {
  readonly config: Pick<Config, 'environment' | 'dryRun'>
  readonly desk: Pick<TradingDesk, 'readiness' | 'modes'>
  readonly feed: Pick<MarketFeed, 'status'> | undefined
  readonly clock: Clock
  /** Why a file halts trading, without the store. */
  readonly haltFile: () => string | undefined
  /** Why the journal takes no new order, whatever the desk says. */
  readonly diskProblem: () => string | undefined
}

/** How a gateway says how it is. */
export interface HealthView {
  /** For operators; answers also while the store does not. */
  readonly health: () => Promise<Health>
  /** For agents, at once. */
  readonly state: () => JsonObject
}

/** Makes the view over what runs; times count from now. */
export function showHealth({ config, desk, feed, clock, haltFile, diskProblem }: HealthSources): HealthView {
  const startedAtMs = clock.nowMs()

  function readiness(): { readonly ready: boolean; readonly reason: string } {
    const said = desk.readiness()
    const problem = said.ready ? diskProblem() : undefined
    return problem === undefined ? said : { ready: false, reason: problem }
  }

  async function modeNow(): Promise<Pick<Health, 'mode' | 'haltFile'>> {
    const halted = haltFile()
    if (halted !== undefined) return { mode: 'HALTED', haltFile: halted }
    try {
      return { mode: accountMode(await desk.modes()) }
    } catch {
      // Why it is not known, the reason beside it says; nothing new is sent while the store cannot be asked.
      return { mode: 'UNKNOWN' }
    }
  }

  return {
    async health() {
      return {
        ...readiness(),
        environment: config.environment,
        dryRun: config.dryRun,
        ...(await modeNow()),
        feed: feed?.status().state ?? 'none',
        uptimeMs: clock.nowMs() - startedAtMs,
      }
    },
    state: () => ({
      environment: config.environment,
      dry_run: config.dryRun,
      ...readiness(),
      feed: feed?.status().state ?? 'none',
      uptime_ms: clock.nowMs() - startedAtMs,
    }),
  }
}

function accountMode(rows: readonly { readonly scope: string; readonly mode: Mode }[]): string {
  return rows.find((row) => row.scope === 'account')?.mode ?? MODES[0]
}
