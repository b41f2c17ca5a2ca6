import { ALL_PAIRS } from './oracles/coverage.js'
import type { SeedResult } from './run-seed.js'

export interface FoundViolation {
  readonly seed: number
  readonly invariant: string
  readonly problem: string
  /** Reproduces it. */
  readonly command: string
}

/** What many seeds came to: the document of `npm run -s sim -- --json`. */
export interface Report {
  readonly schema: 'tidegate.sim/1'
  readonly store: string
  readonly seeds: number
  readonly seconds: number
  readonly seedsPerSecond: number
  /** Over the hashes of all seeds, in order. */
  readonly traceHash: string
  readonly events: number
  readonly simulatedHours: number
  readonly intents: number
  readonly orders: number
  readonly faults: Readonly<Record<string, number>>
  readonly pairsVisited: number
  readonly pairsTotal: number
  readonly pairsMissing: readonly string[]
  /** Await points passed, by label. */
  readonly points: Readonly<Record<string, number>>
  readonly violations: readonly FoundViolation[]
}

/** Adds seeds up. */
export interface Tally {
  readonly violations: readonly FoundViolation[]
  add(result: SeedResult): void
  blame(seed: number, invariant: string, problem: string): void
  report(seconds: number): Report
}

/** @param store - Goes into the commands that reproduce a violation. */
export function createTally(store: string): Tally {
  const violations: FoundViolation[] = []
  const faults = new Map<string, number>()
  const pairs = new Map<string, number>()
  const points = new Map<string, number>()
  const hashes: string[] = []
  let events = 0
  let simulatedMs = 0
  let intents = 0
  let orders = 0
  const blame = (seed: number, invariant: string, problem: string): void => {
    const flag = store === 'model' ? '' : ` --store ${store}`
    violations.push({ seed, invariant, problem, command: `npm run -s sim -- --seed ${seed} --seeds 1${flag} --trace` })
  }
  return {
    violations,
    blame,
    add(result) {
      hashes.push(result.hash)
      events += result.events
      simulatedMs += result.simulatedMs
      intents += result.intents
      orders += result.orders
      merge(faults, result.faults)
      merge(pairs, result.coverage.pairs)
      merge(points, result.coverage.points)
      const [violation] = result.violations
      if (violation) blame(result.seed, violation.invariant, violation.problem)
    },
    report(seconds) {
      const missing = ALL_PAIRS.filter((pair) => !pairs.has(pair))
      return {
        schema: 'tidegate.sim/1',
        store,
        seeds: hashes.length,
        seconds: Math.round(seconds * 10) / 10,
        seedsPerSecond: Math.round((hashes.length / seconds) * 10) / 10,
        traceHash: foldHashes(hashes),
        events,
        simulatedHours: Math.round(simulatedMs / 36_000) / 100,
        intents,
        orders,
        faults: sortedRecord(faults),
        pairsVisited: ALL_PAIRS.length - missing.length,
        pairsTotal: ALL_PAIRS.length,
        pairsMissing: missing,
        points: sortedRecord(points),
        violations,
      }
    },
  }
}

function merge(into: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, count] of from) into.set(key, (into.get(key) ?? 0) + count)
}

function sortedRecord(map: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function foldHashes(hashes: readonly string[]): string {
  let high = 0x811c9dc5
  let low = 0x1000193
  for (const hash of hashes) {
    for (let index = 0; index < hash.length; index++) {
      high = Math.imul(high ^ hash.charCodeAt(index), 0x01000193)
      low = Math.imul(low ^ high, 0x85ebca6b) + index
    }
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0')
}
