import { definePolicy, type Policy } from '@tidegate/risk-engine'
import { type DeskSettings, defaultSettings } from '@tidegate/trading-desk'
import type { Prng } from '../core/prng.js'
import { drawFaultMix, type FaultMix, type Focus } from '../faults/fault-mix.js'

/** Everything that a seed decides before it starts. */
export interface Scenario {
  readonly startMs: number
  readonly processes: number
  readonly hasStream: boolean
  readonly policy: Policy
  readonly settings: Partial<DeskSettings>
  readonly mix: FaultMix
  readonly safetyMs: number
  readonly actions: number
  readonly restlessness: number
  readonly privatePerSecond: number | undefined
  readonly balances: Readonly<Record<string, string>>
}

export interface ScenarioLimits {
  /** SQLite is for one owner. */
  readonly maxProcesses: number
  readonly faults: boolean
  /** See {@link drawFaultMix}. */
  readonly focus: readonly Focus[]
}

/** Draws a scenario: small, so that many fit into a second, and each of its own kind. */
export function drawScenario(prng: Prng, limits: ScenarioLimits): Scenario {
  const dwelling = (theme: Focus, given: string, drawn: string): string =>
    limits.focus.includes(theme) ? given : drawn
  const isLateInTheDay = prng.chance(0.12)
  const waitsLong = prng.chance(0.2)
  return {
    startMs: isLateInTheDay ? Date.UTC(2026, 10, 24, 23, 59, 40) : Date.UTC(2026, 10, 24, 12, 0, 0),
    processes: Math.min(limits.maxProcesses, prng.pick([1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4])),
    hasStream: prng.chance(0.3),
    policy: definePolicy({
      maxOrderValueUsd: '3000',
      maxPositionSizePct: prng.pick(['20', '30', '45']),
      requireConfirmationAboveUsd: dwelling('approvals', '200', prng.pick(['1200', '2000', '100000'])),
      maxOrdersPerMinute: prng.pick([3, 6, 12, 60]),
      maxLossPerDayUsd: dwelling('losses', '5', prng.pick(['25', '60', '1000'])),
      priceCollarPct: '10',
    }),
    settings: {
      duplicateWindowMs: 60_000,
      approvalExpiresAfterMs: prng.pick([8_000, 30_000, 120_000]),
      approvalTickMs: 2_000,
      haltAtUnknown: prng.pick([3, 1_000, 1_000]),
      startRetryMs: [500, 2_000, 5_000],
      submitTimeoutMs: waitsLong ? defaultSettings.submitTimeoutMs : 12_000,
      unknownPollMs: [300, 1_000, 4_000, 12_000],
      openOrdersEveryMs: prng.pick([5_000, 15_000, 30_000]),
      fullEveryMs: prng.pick([60_000, 300_000]),
    },
    mix: drawFaultMix(prng, limits.faults, limits.focus),
    safetyMs: prng.between(5_000, 22_000),
    actions: prng.between(3, 10) + (limits.focus.some((theme) => theme === 'approvals' || theme === 'losses') ? 8 : 0),
    restlessness: prng.pick([0.0005, 0.002, 0.006]),
    privatePerSecond: prng.chance(0.1) ? 30 : undefined,
    balances: { USD: '12000', USDC: '5000', BTC: '0.06' },
  }
}
