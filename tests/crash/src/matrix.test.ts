// The matrix itself. `npm run crash` runs this file, too, with more kills and a report.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWorker, removeBuilds } from './build-worker.js'
import { REQUIRED } from './plan/cells.js'
import { ENGINES, type Engine, FLOWS } from './protocol.js'
import { intoPage, reportOf } from './report.js'
import { type MatrixResult, runMatrix } from './run-matrix.js'
import { openStores } from './store.js'

const wanted = process.env['CRASH_KILLS']
const engines = ENGINES.filter((engine) => (process.env['CRASH_ENGINE'] ?? engine) === engine)
const kills = wanted === undefined ? undefined : Math.ceil(Number(wanted) / engines.length)
/** `npm test` promises as many on both engines together. */
const fewest = kills ?? 50
const seed = Number(process.env['CRASH_SEED'] ?? 20_261_124)
/** Kills a second that even a busy machine makes. */
const slowest = 0.04

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
    'keeps every promise at every step, on %s',
    { timeout: ((kills ?? 100) / slowest) * 1_000 + 120_000 },
    async (engine) => {
      const result = await run(engine)
      results.push(result)
      expect(result.missing, 'labels that the harness no longer sees').toEqual([])
      expect(result.broken.map(({ invariant, detail, kill }) => ({ invariant, detail, kill }))).toEqual([])
      expect(result.kills).toBeGreaterThanOrEqual(fewest)
      // A run of a few kills cannot have been everywhere.
      if (kills !== undefined && kills < 100) return
      for (const flow of FLOWS) {
        const met = new Set(result.rows.filter((row) => row.flow === flow).map((row) => row.step))
        expect(
          REQUIRED[flow].filter((step) => !met.has(step)),
          `steps of ${flow} without a kill`,
        ).toEqual([])
      }
    },
  )
})

async function run(engine: Engine): Promise<MatrixResult> {
  const stores = await openStores(engine)
  let shown = 0
  try {
    const result = await runMatrix({
      bundle,
      stores,
      flows: FLOWS,
      ...(kills === undefined ? {} : { kills }),
      seed,
      onBroken({ log, ...broken }) {
        process.stderr.write(`${JSON.stringify(broken)}\n${log.map((line) => `    ${line}`).join('\n')}\n`)
      },
      onProgress(count, violations) {
        if (count < shown + 25) return
        shown = count
        process.stderr.write(`  ${engine}: ${count} kills, ${violations} violations\n`)
      },
    })
    process.stderr.write(`  ${engine}: ${result.kills} kills in ${result.seconds.toFixed(0)} s\n`)
    return result
  } finally {
    await stores.close()
  }
}
