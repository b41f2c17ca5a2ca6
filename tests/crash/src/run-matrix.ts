import type { Fault } from '@tidegate/paper-exchange'
import { type Home, type KillReport, openHomeUnderTest } from './home.js'
import type { Violation } from './judge/case.js'
import { type Cell, cellsOf, drawKills, type Kill, mergeCensus, REQUIRED } from './plan/cells.js'
import { createDice } from './plan/random.js'
import { type Census, type Engine, type Flow, PHASES, STEPS, type Step } from './protocol.js'
import type { Stores } from './store.js'
import { createWorkerPool, type WorkerPool } from './worker-process.js'

/** One square of the matrix as it is published. */
export interface MatrixRow {
  readonly flow: Flow | 'any'
  readonly step: Step | 'any'
  readonly engine: Engine
  readonly kills: number
  readonly violations: number
  readonly unresolved: number
}

export interface MatrixResult {
  readonly rows: readonly MatrixRow[]
  readonly kills: number
  /** `flow step` of every square that there is on this engine. */
  readonly places: readonly string[]
  /** Steps that a flow must have and the harness did not see. */
  readonly missing: readonly string[]
  readonly broken: readonly Broken[]
  readonly seconds: number
}

export interface MatrixOptions {
  readonly bundle: string
  readonly stores: Stores
  readonly flows: readonly Flow[]
  /** @default every flow and step once, and some random moments */
  readonly kills?: number
  /** `flow step` of squares that come before all others and have to be met: what another run has left out. */
  readonly first?: readonly string[]
  readonly seed: number
  /** Homes at once. @default 4 */
  readonly parallel?: number
  /** After so many kills a home is retired, so that its books stay short. @default 25 */
  readonly killsPerHome?: number
  /** Stop at the first violation: enough for a mutant. */
  readonly stopEarly?: boolean
  /** Kill at these steps only, without looking for others first. @default all that are found, and random moments */
  readonly steps?: readonly Step[]
  readonly faultPercent?: number
  /** These faults in every life, instead of drawn ones. */
  readonly faults?: readonly Fault[]
  readonly openDelayMs?: number
  readonly onProgress?: (kills: number, violations: number) => void
  /** A promise was broken: told at once. */
  readonly onBroken?: (broken: Broken) => void
}

/** A broken promise, the kill that broke it, and the last words of the processes. */
export type Broken = Violation & { readonly kill: Kill; readonly log: readonly string[] }

/** A label that is not met is tried at its first occurrence, then given up. */
const TRIES = 3
/** Kills beyond those asked for, to come past every step. */
const MOST_EXTRA = 40

/**
 * Kills processes until the number is reached, every flow and step in turn, and has each recovery judged.
 *
 * @returns What was seen; nothing is thrown for a broken promise.
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixResult> {
  const { stores } = options
  const parallel = options.parallel ?? 4
  const begun = performance.now()
  const dice = createDice(options.seed)
  const pool = createWorkerPool(options.bundle, parallel)
  const tally = createTally(stores.engine, options.onBroken)
  try {
    const { steps, flows } = options
    const { cells: chosen, missing } = steps
      ? { cells: flows.flatMap((flow) => steps.flatMap((step) => oneEach(flow, step))), missing: [] }
      : await takeCensus(options, pool)
    const source = drawKills(chosen, dice, steps ? Number.POSITIVE_INFINITY : undefined)
    const homes = { ...options, pool }
    const places = new Map(chosen.map((cell) => [placeOf(cell), cell]))
    const wanted = options.kills ?? Math.ceil(places.size * 1.15)
    const first = (options.first ?? []).filter((place) => places.has(place))
    // Every step belongs to the matrix: one that was passed by is tried again at the end, for a while.
    const musts = wanted >= places.size ? [...places.keys()] : first
    const met = new Set<string>()
    const owed = (): readonly string[] => musts.filter((place) => !met.has(place))
    let begunKills = 0
    let extra = 0
    let failure: unknown
    const isOver = (): boolean => {
      if (failure !== undefined) return true
      if (options.stopEarly === true) return begunKills >= wanted || tally.broken.length > 0
      return begunKills >= wanted && (owed().length === 0 || extra >= MOST_EXTRA)
    }
    const due = [...first]
    const next = (): Kill => {
      const early = due.shift()
      if (begunKills > wanted) extra++
      const cell = places.get(early ?? (begunKills > wanted ? (dice.shuffle(owed())[0] ?? '') : ''))
      if (!cell) return source.next().value
      return { at: 'label', flow: cell.flow, step: cell.step, phase: dice.pick(PHASES), nth: 1 }
    }
    const runHome = async (lane: number): Promise<void> => {
      for (let generation = 0; !isOver(); generation++) {
        const home = await openHomeUnderTest(homes, createDice(options.seed * 7919 + lane * 104_729 + generation))
        for (let count = 0; count < (options.killsPerHome ?? 25) && !isOver(); count++) {
          begunKills++
          const kill = next()
          const isMet = await tryKill(home, kill, tally)
          if (!isMet) begunKills--
          else if (kill.at === 'label') met.add(placeOf(kill))
          // Some steps are only taken when a home is new: the mark of the day by its first order.
          if (!isMet && begunKills >= wanted) break
          options.onProgress?.(tally.kills(), tally.broken.length)
        }
        tally.add(await home.end())
      }
    }
    // One home that the harness cannot go on with ends the run, but not in the middle of what the others do.
    const lanes = Array.from({ length: parallel }, (_, lane) =>
      runHome(lane).catch((error: unknown) => {
        failure ??= error
      }),
    )
    await Promise.all(lanes)
    if (failure !== undefined) throw failure
    return {
      rows: tally.rows(),
      kills: tally.kills(),
      places: [...places.keys()],
      missing,
      broken: tally.broken,
      seconds: (performance.now() - begun) / 1_000,
    }
  } finally {
    await pool.close()
  }
}

function oneEach(flow: Flow, step: Step): readonly Cell[] {
  return PHASES.map((phase) => ({ flow, step, phase, times: 1 }))
}

function placeOf({ flow, step }: { readonly flow: Flow; readonly step: Step }): string {
  return `${flow} ${step}`
}

async function tryKill(home: Home, first: Kill, tally: Tally): Promise<boolean> {
  let kill = first
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { killed, reports } = await home.live(kill)
    tally.add(reports)
    if (killed) return true
    if (kill.at === 'label') kill = { ...kill, nth: 1 }
  }
  return false
}

/** Runs every flow a few times without killing anything: which labels there are, and how often each is met. */
async function takeCensus({ stores, flows, seed }: MatrixOptions, pool: WorkerPool) {
  const home = await openHomeUnderTest({ stores, pool, faultPercent: 0 }, createDice(seed + 1))
  const censuses = new Map<Flow, Census>()
  for (let turn = 0; turn < 3; turn++) {
    for (const flow of flows) censuses.set(flow, mergeCensus(censuses.get(flow) ?? {}, await home.count(flow)))
  }
  await home.keepCode()
  await home.end()
  const cells = [...censuses].flatMap(([flow, census]) => cellsOf(flow, census))
  const missing = flows.flatMap((flow) =>
    REQUIRED[flow]
      .filter((step) => cells.filter((cell) => cell.flow === flow && cell.step === step).length !== 2)
      .map((step) => `${flow} ${step}`),
  )
  return { cells, missing }
}

interface Tally {
  add(reports: readonly KillReport[]): void
  kills(): number
  rows(): readonly MatrixRow[]
  readonly broken: Broken[]
}

function createTally(engine: Engine, onBroken: MatrixOptions['onBroken']): Tally {
  const rows = new Map<string, MatrixRow>()
  const broken: Broken[] = []
  let count = 0
  return {
    broken,
    kills: () => count,
    add(reports) {
      for (const { kill, violations, unresolved, log } of reports) {
        const place =
          kill.at === 'label' ? { flow: kill.flow, step: kill.step } : { flow: 'any' as const, step: 'any' as const }
        const name = `${place.flow} ${place.step}`
        const row = rows.get(name) ?? { ...place, engine, kills: 0, violations: 0, unresolved: 0 }
        rows.set(name, {
          ...row,
          kills: row.kills + 1,
          violations: row.violations + violations.length,
          unresolved: row.unresolved + unresolved,
        })
        count++
        for (const violation of violations) {
          const one = { ...violation, kill, log }
          broken.push(one)
          onBroken?.(one)
        }
      }
    },
    rows: () => [...rows.values()].sort((a, b) => rankOf(a) - rankOf(b)),
  }
}

const flowOrder = ['place', 'edit', 'cancel', 'cancel-all', 'reconcile', 'any']
const stepOrder: readonly string[] = [...STEPS, 'any']

/** The order of the rows in a report. */
export function rankOf(row: MatrixRow): number {
  return flowOrder.indexOf(row.flow) * 100 + stepOrder.indexOf(row.step)
}
