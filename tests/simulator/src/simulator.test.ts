import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { openBundler } from '../bundle.mjs'
import { type Mutant, mutants } from '../mutants.mjs'
import { hunt, readHints, type SimulationReport, simulate } from '../simulate.mjs'
import { FAULT_KINDS } from './faults/fault-mix.js'
import { UNVISITED } from './oracles/unvisited.js'

const modelSeeds = Number(process.env['SIM_SEEDS'] ?? 3_000)
const sqliteSeeds = Number(process.env['SIM_SQLITE_SEEDS'] ?? 200)
const longest = Number(process.env['SIM_TIMEOUT_MS'] ?? 30 * 60_000)

const root = new URL('../../../', import.meta.url)
const regressions = JSON.parse(readFileSync(new URL('../regressions.json', import.meta.url), 'utf8')) as {
  readonly seeds: readonly { readonly seed: number; readonly store: 'model' | 'sqlite'; readonly found: string }[]
  /** Bugs whose seeds tell another story since: what keeps them from coming back. */
  readonly retold: readonly {
    readonly found: string
    readonly file: string
    readonly test: string
    readonly mutant?: string
  }[]
}

const bundler = await openBundler()
const bundle = await bundler.clean()
afterAll(() => bundler.close())

/** What a failing test prints: the seed, the promise and the command. */
function broken(report: SimulationReport): readonly string[] {
  return report.violations.map(
    ({ seed, invariant, problem, command }) => `seed ${seed} breaks ${invariant}: ${problem}\n${command}`,
  )
}

describe('the simulation', () => {
  it(
    'gives the same trace for the same seed, whichever way promises are drained',
    async () => {
      const first = await simulate({ bundle, seed: 40_000, seeds: 30, twice: 30 })
      const second = await simulate({ bundle, seed: 40_000, seeds: 30, jobs: 2 })
      expect(broken(first)).toEqual([])
      expect(first.traceHash).toBe(second.traceHash)
      const other = await simulate({ bundle, seed: 50_000, seeds: 5 })
      expect(other.traceHash).not.toBe(first.traceHash)
    },
    longest,
  )

  it(
    'gives the same trace for the same seed on SQLite',
    async () => {
      expect(broken(await simulate({ bundle, store: 'sqlite', seed: 40_000, seeds: 10, twice: 10 }))).toEqual([])
    },
    longest,
  )

  it.each(regressions.seeds)(
    'keeps its promises on seed $seed, which once showed $found',
    async ({ seed, store }) => {
      expect(broken(await simulate({ bundle, store, seed, seeds: 1, twice: 1 }))).toEqual([])
    },
    longest,
  )

  it.each(regressions.retold)('has a test of its own, or a mutant, for $found', ({ file, test, mutant }) => {
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(test)
    if (mutant !== undefined) expect(mutants.map(({ name }) => name)).toContain(mutant)
  })

  it(
    `keeps its promises on ${modelSeeds} seeds of the model store, and meets every kind of fault and every change of state`,
    async () => {
      const report = await simulate({ bundle, seed: 1, seeds: modelSeeds, jobs: 2 })
      process.stderr.write(`  ${report.seeds} seeds, ${report.seedsPerSecond} a second, trace ${report.traceHash}\n`)
      expect(broken(report)).toEqual([])
      expect(report.seeds).toBe(modelSeeds)
      expect(report.orders).toBeGreaterThan(modelSeeds)
      expect(Object.keys(report.faults)).toEqual([...FAULT_KINDS].sort())
      expect(Object.entries(report.faults).filter(([, count]) => count < modelSeeds / 150)).toEqual([])
      if (modelSeeds < 3_000) return
      expect(report.pairsVisited).toBeGreaterThanOrEqual(38)
      const unexplained = report.pairsMissing.filter((pair) => !Object.hasOwn(UNVISITED, pair))
      expect(unexplained, 'pairs of state and event that no seed visits and nobody explains').toEqual([])
    },
    longest,
  )

  it(
    `keeps its promises on ${sqliteSeeds} seeds of the real journal on SQLite`,
    async () => {
      const report = await simulate({ bundle, store: 'sqlite', seed: 1, seeds: sqliteSeeds, jobs: 2 })
      expect(broken(report)).toEqual([])
      expect(report.seeds).toBe(sqliteSeeds)
    },
    longest,
  )
})

describe('the judge', () => {
  const hints = readHints()
  const kept = new Map<string, Promise<ReadonlySet<number>>>()
  let running = 0
  const waiting: (() => void)[] = []

  /** Of the seeds on which mutants like this one show, those on which the products as they are keep their promises. */
  function greenFor({ store = 'model', focus = [] }: Mutant): Promise<ReadonlySet<number>> {
    const like = `${store} ${focus.join()}`
    const known = kept.get(like) ?? inTurn(() => keptSeeds(store, focus))
    kept.set(like, known)
    return known
  }

  async function keptSeeds(store: 'model' | 'sqlite', focus: readonly string[]): Promise<ReadonlySet<number>> {
    const alike = mutants.filter(
      (each) => (each.store ?? 'model') === store && (each.focus ?? []).join() === focus.join(),
    )
    const list = [...new Set(alike.flatMap(({ name }) => hints[name] ?? []))]
    if (list.length === 0) return new Set()
    const report = await simulate({ bundle, store, focus, list, stopAfter: list.length })
    const red = new Set(report.violations.map(({ seed }) => seed))
    return new Set(list.filter((seed) => !red.has(seed)))
  }

  /** Two at a time: each is a process of its own. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }

  it.concurrent.each(mutants)(
    'finds $name: $what',
    async (mutant) => {
      const green = await greenFor(mutant)
      const { violation, tried } = await inTurn(() => hunt(mutant, { bundler, jobs: 1, green }))
      expect(violation, `not found in ${tried} seeds`).toBeDefined()
    },
    longest,
  )

  it('knows at least 25 planted faults', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25)
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })
})
