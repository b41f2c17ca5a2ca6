import type { Bundler } from './bundle.mjs'
import type { Mutant } from './mutants.mjs'

export interface SimulationViolation {
  readonly seed: number
  readonly invariant: string
  readonly problem: string
  readonly invariants: readonly string[]
  readonly command: string
}

/** The document `tidegate.sim/1`. */
export interface SimulationReport {
  readonly schema: 'tidegate.sim/1'
  readonly store: string
  readonly seeds: number
  readonly seconds: number
  readonly seedsPerSecond: number
  /** On one core, whatever else ran meanwhile. */
  readonly seedsPerCpuSecond: number
  readonly traceHash: string
  readonly events: number
  readonly intents: number
  readonly orders: number
  readonly faults: Readonly<Record<string, number>>
  readonly pairsVisited: number
  readonly pairsTotal: number
  readonly pairsMissing: readonly string[]
  readonly points: Readonly<Record<string, number>>
  readonly violations: readonly SimulationViolation[]
}

export function simulate(options: {
  readonly bundle?: string
  readonly store?: 'model' | 'sqlite'
  readonly seed?: number
  readonly seeds?: number
  readonly list?: readonly number[]
  readonly focus?: readonly string[]
  readonly jobs?: number
  readonly twice?: number
  readonly stopAfter?: number
  readonly trace?: boolean
}): Promise<SimulationReport>

export function hunt(
  mutant: Mutant,
  options: {
    readonly bundler: Bundler
    readonly seed?: number
    readonly seeds?: number
    readonly jobs?: number
    readonly green?: ReadonlySet<number>
  },
): Promise<{
  readonly tried: number
  readonly reports: readonly SimulationReport[]
  readonly violation: SimulationViolation | undefined
}>

export function addUp(reports: readonly SimulationReport[], seconds: number): Partial<SimulationReport>

export function readHints(): Readonly<Record<string, number>>

export function saveHints(found: Readonly<Record<string, number>>): void
