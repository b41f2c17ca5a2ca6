// The matrix itself. `npm run crash` runs this file, too, with more kills and a report.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWorker, removeBuilds } from './build-worker.js'
import { REQUIRED } from './plan/cells.js'
import { ENGINES, type Engine, FLOWS } from './protocol.js'
import { intoPage, reportOf } from './report.js'
import { runBatches } from './run-batches.js'
import type { MatrixResult } from './run-matrix.js'
import { openStores } from './store.js'

const wanted = process.env['CRASH_KILLS']
const engines = ENGINES.filter((engine) => (process.env['CRASH_ENGINE'] ?? engine) === engine)
/** `npm test` promises a hundred; SQLite's are cheaper. */
const short: Readonly<Record<Engine, number>> = { sqlite: 62, postgres: 45 }
const killsOn = (engine: Engine): number =>
  wanted === undefined ? short[engine] : Math.ceil(Number(wanted) / engines.length)
const seed = Number(process.env['CRASH_SEED'] ?? 20_261_124)
/** Kills a second that even a busy machine makes. */
const slowest = 0.08

const results: MatrixResult[] = []
let bundle: string
beforeAll(async () => {
  bundle = await buildWorker()
})
afterAll(() => {
  removeBuilds()
  const { CRASH_REPORT: file, CRASH_PAGE: page } = process.env
  if (file !== undefined) writeFileSync(file, JSON.stringify(reportOf(results)))
  const isClean =
    results.length === ENGINES.length && results.every(({ broken, missing }) => broken.length + missing.length === 0)
  if (page !== undefined && isClean) writeFileSync(page, intoPage(readFileSync(page, 'utf8'), reportOf(results)))
})

describe('a gateway killed with SIGKILL', () => {
  it.each(engines)(
    'keeps every promise, on %s',
    { timeout: Math.max(400_000, (killsOn(engines[0] ?? 'sqlite') / slowest) * 1_000) },
    async (engine) => {
      const result = await run(engine)
      results.push(result)
      expect(result.missing, 'labels that the harness no longer sees').toEqual([])
      expect(result.broken.map(({ invariant, detail, kill }) => ({ invariant, detail, kill }))).toEqual([])
      expect(result.kills).toBeGreaterThanOrEqual(killsOn(engine))
      // More kills than squares: then this engine has been everywhere.
      if (result.kills < 1.15 * result.places.length) return
      expect(without(result.places, [result]), 'squares of this engine without a kill').toEqual([])
    },
  )

  // A run of a few kills, asked for by number, cannot have been everywhere.
  it.skipIf(wanted !== undefined && Number(wanted) < 100 * engines.length)(
    'has been killed at every step of every flow',
    () => {
      const required = FLOWS.flatMap((flow) => REQUIRED[flow].map((step) => `${flow} ${step}`))
      expect(without([...required, ...results.flatMap(({ places }) => places)], results)).toEqual([])
    },
  )
})

/** Squares in which none of the runs has killed. */
function without(places: readonly string[], runs: readonly MatrixResult[]): readonly string[] {
  const met = new Set(runs.flatMap(({ rows }) => rows.map(({ flow, step }) => `${flow} ${step}`)))
  return [...new Set(places)].filter((place) => !met.has(place))
}

async function run(engine: Engine): Promise<MatrixResult> {
  const stores = await openStores(engine)
  let shown = 0
  try {
    const result = await runBatches({
      bundle,
      stores,
      flows: FLOWS,
      kills: killsOn(engine),
      // What a short run on the engine before has left out.
      first: without(
        results.flatMap(({ places }) => places),
        results,
      ),
      seed,
      keptIn: process.env['CRASH_KEPT'],
      onBroken({ log, ...broken }) {
        process.stderr.write(`${JSON.stringify(broken)}\n${log.map((line) => `    ${line}`).join('\n')}\n`)
      },
      onProgress(count, violations) {
        if (count < shown + 25) return
        shown = count
        process.stderr.write(`  ${engine}: ${count} of ${killsOn(engine)} kills, ${violations} violations\n`)
      },
    })
    process.stderr.write(`  ${engine}: ${result.kills} kills in ${result.seconds.toFixed(0)} s\n`)
    return result
  } finally {
    await stores.close()
  }
}
