import { EVENT_SOURCES, type IntentEventType } from '@tidegate/trading-model'
import type { ShadowIntent } from './shadow.js'

/** What a run has been through: await points, and cells of the lifecycle's table. */
export interface Coverage {
  readonly points: Map<string, number>
  /** `STATE event`, counted. */
  readonly pairs: Map<string, number>
  note(method: string, args: readonly unknown[], entry: ShadowIntent | undefined): void
}

/** Every legal pair of state and event. */
export const ALL_PAIRS: readonly string[] = Object.entries(EVENT_SOURCES).flatMap(([event, states]) =>
  states.map((state) => `${state} ${event}`),
)

/** @returns Nothing covered yet. */
export function createCoverage(): Coverage {
  const pairs = new Map<string, number>()
  const seen = new Map<string, number>()
  return {
    points: new Map(),
    pairs,
    note(_method, _args, entry) {
      if (!entry) return
      const from = seen.get(entry.intent.intentId) ?? 0
      for (const { event, from: state } of entry.events.slice(from)) {
        const pair = `${state} ${event.type satisfies IntentEventType}`
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
      }
      seen.set(entry.intent.intentId, entry.events.length)
    },
  }
}
