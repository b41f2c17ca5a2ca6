import type { Log } from '@tidegate/trading-model'
import { countingIds, type Prng } from '../core/prng.js'
import type { World } from '../core/world.js'
import { createModelStore } from './model-store.js'
import type { SimStore } from './sim-store.js'
import { createSqliteStore } from './sqlite-store.js'

/** Opens a fresh store of the kind asked for. */
export async function openStore(
  kind: 'model' | 'sqlite',
  deps: { readonly world: World; readonly prng: Prng; readonly log: Log; readonly processes: number },
): Promise<SimStore> {
  const clock = { nowMs: () => deps.world.nowMs() }
  return kind === 'model'
    ? createModelStore(clock, countingIds('d0000000'), deps.processes)
    : await createSqliteStore(clock, deps.prng, deps.log)
}
