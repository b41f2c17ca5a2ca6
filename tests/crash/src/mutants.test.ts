import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWorker, removeBuilds } from './build-worker.js'
import { MUTANTS } from './mutants.js'
import { runMatrix } from './run-matrix.js'
import { openStores, type Stores } from './store.js'

/** A bug that survives so many kills at its own steps has not been seen. */
const MOST_KILLS = 60

/** Without `CRASH_MUTANTS=all` two of them: each costs a minute and more. */
const hunted = process.env['CRASH_MUTANTS'] === 'all' ? MUTANTS : MUTANTS.slice(0, 2)

let stores: Stores
beforeAll(async () => {
  stores = await openStores('sqlite')
})
afterAll(async () => {
  await stores.close()
  removeBuilds()
})

describe('the judge of the crash matrix', () => {
  it.each(hunted)('finds $name: $bug', { timeout: 900_000 }, async (mutant) => {
    const bundle = await buildWorker(mutant.name, mutant.patches)
    const { broken } = await runMatrix({
      bundle,
      stores,
      flows: mutant.flows,
      steps: mutant.steps,
      faultPercent: mutant.faultPercent,
      ...(mutant.faults === undefined ? {} : { faults: mutant.faults }),
      ...(mutant.openDelayMs === undefined ? {} : { openDelayMs: mutant.openDelayMs }),
      kills: MOST_KILLS,
      seed: 11,
      parallel: 3,
      stopEarly: true,
    })
    const accused = [...new Set(broken.map(({ invariant }) => invariant))]
    expect(
      accused.filter((invariant) => mutant.breaks.includes(invariant)),
      JSON.stringify(broken[0] ?? null),
    ).not.toEqual([])
  })
})
