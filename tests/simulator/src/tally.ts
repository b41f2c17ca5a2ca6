import { ALL_PAIRS } from './oracles/coverage.js'
import type { SeedResult } from './run-seed.js'

export interface FoundViolation {
  readonly seed: number
  readonly invariant: string
  readonly problem: string
  /** Every promise that the seed breaks. */
  readonly invariants: readonly string[]
  /** Reproduces it. */
  readonly command: string
}

/** What the seeds of one process came to; `simulate.mjs` makes the document of `npm run sim` of it. */
export interface Report {
  readonly store: string
  /** Of each seed's trace, in order. */
  readonly hashes: readonly string[]
  readonly events: number
  readonly simulatedHours: number
  readonly intents: number
  readonly orders: number
  readonly faults: Readonly<Record<string, number>>
  /** Pairs of state and event that were visited, and all there are. */
  readonly pairs: readonly string[]
  /** How often each was visited. */
  readonly pairCounts: Readonly<Record<string, number>>
  readonly allPairs: readonly string[]
  /** Await points passed, by label. */
  readonly points: Readonly<Record<string, number>>
  readonly violations: readonly FoundViolation[]
}

/** Adds seeds up. */
export interface Tally {
  readonly violations: readonly FoundViolation[]
  add(result: SeedResult): void
  blame(seed: number, invariant: string, problem: string): void
  report(): Report
}

/** @param store - Goes, as the focus does, into the commands that reproduce a violation. */
export function createTally(store: string, focus: readonly string[]): Tally {
  const violations: FoundViolation[] = []
  const faults = new Map<string, number>()
  const pairs = new Map<string, number>()
  const points = new Map<string, number>()
  const hashes: string[] = []
  let events = 0
  let simulatedMs = 0
  let intents = 0
  let orders = 0
  const blame = (seed: number, invariant: string, problem: string, invariants = [invariant]): void => {
    const kinds = focus.length === 0 ? '' : ` --focus ${focus.join(',')}`
    const flag = (store === 'model' ? '' : ` --store ${store}`) + kinds
    const command = `npm run -s sim -- --seed ${seed} --seeds 1${flag} --trace`
    violations.push({ seed, invariant, problem, invariants, command })
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
      const invariants = [...new Set(result.violations.map(({ invariant }) => invariant))]
      if (violation) blame(result.seed, violation.invariant, violation.problem, invariants)
    },
    report: () => ({
      store,
      hashes,
      events,
      simulatedHours: simulatedMs / 3_600_000,
      intents,
      orders,
      faults: sortedRecord(faults),
      pairs: [...pairs.keys()].sort(),
      pairCounts: sortedRecord(pairs),
      allPairs: ALL_PAIRS,
      points: sortedRecord(points),
      violations,
    }),
  }
}

function merge(into: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, count] of from) into.set(key, (into.get(key) ?? 0) + count)
}

function sortedRecord(map: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}
