import { type Journal, StoreError } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { STORE_FAULTS } from '../faults/fault-mix.js'
import type { Incarnation } from '../process/incarnation.js'

/** Told of every transaction in the moment of its commit, before anybody knows of it. */
export type CommitListener = (
  incarnation: Incarnation,
  method: keyof Journal,
  args: readonly unknown[],
  result: unknown,
  /** The store itself: no fault, no time. */
  journal: Journal,
) => void

const synchronous: ReadonlySet<string> = new Set(['instanceId', 'clientOrderIdFor'])

/**
 * A journal as a process sees it over a wire: each call is an event of its own, may fail before or after its commit, and dies with the
 * process.
 */
export function labelJournal(deps: {
  readonly world: World
  readonly faults: FaultBook
  readonly incarnation: Incarnation
  readonly journal: Journal
  readonly onCommit: CommitListener
}): Journal {
  const { world, faults, incarnation, journal, onCommit } = deps
  const { prng } = faults

  function call(method: keyof Journal, run: (...args: unknown[]) => Promise<unknown>, args: unknown[]) {
    if (!incarnation.point(`journal ${method} before`)) return incarnation.never
    return new Promise<unknown>((resolve, reject) => {
      const answer = (settle: () => void): void => {
        if (incarnation.point(`journal ${method} after`)) incarnation.whenRunning(settle)
      }
      const transact = (): void => {
        const fault = faults.draw(STORE_FAULTS)
        if (fault !== undefined && fault !== 'store_commit_unanswered') {
          world.trace.note(world.nowMs(), incarnation.name, `${method} ${fault}`)
          answer(() => reject(failure(method, fault === 'store_busy' ? 'ERR_STORE_BUSY' : 'ERR_STORE_IO')))
          return
        }
        run(...args).then(
          (result) => {
            onCommit(incarnation, method, args, result, journal)
            if (fault) answer(() => reject(failure(method, 'ERR_STORE_IO')))
            else answer(() => resolve(result))
          },
          (error: unknown) => answer(() => reject(error as Error)),
        )
      }
      incarnation.whenRunning(() => {
        const latency = prng.chance(0.8) ? 0 : prng.between(1, 12)
        world.schedule(latency, method, transact, incarnation)
      })
    })
  }

  const methods = new Map<string, unknown>()
  return new Proxy(journal, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof name !== 'string' || typeof value !== 'function' || synchronous.has(name)) return value
      const known = methods.get(name)
      if (known) return known
      const run = value.bind(target) as (...args: unknown[]) => Promise<unknown>
      const method = (...args: unknown[]) => call(name as keyof Journal, run, args)
      methods.set(name, method)
      return method
    },
  })
}

function failure(method: string, code: 'ERR_STORE_BUSY' | 'ERR_STORE_IO'): StoreError {
  return new StoreError(code, `the store failed at ${method}`)
}
