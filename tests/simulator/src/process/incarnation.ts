import type { Clock, Timers } from '@tidegate/trading-model'
import type { Owner, World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'

/** One life of a process, from its start to its death: nothing it began outlives it, and nothing reaches it afterwards. */
export interface Incarnation extends Owner {
  readonly slot: number
  readonly clock: Clock
  readonly timers: Timers
  /**
   * An await point: here the process may die or be stopped.
   *
   * @returns false when it is dead: whoever asked gets no answer, ever.
   */
  point(label: string): boolean
  /** Runs now, or when the process goes on; never when it is dead. */
  whenRunning(run: () => void): void
  kill(why: string): void
  pause(ms: number): void
  resume(): void
  /** A promise that the dead are left with. */
  readonly never: Promise<never>
}

export interface IncarnationOptions {
  readonly world: World
  readonly faults: FaultBook
  readonly slot: number
  readonly life: number
  /** How far the clock of this machine is off, ms; changes when it is stepped. */
  readonly clockOffsetMs: () => number
  /** Await points passed, by label: the coverage of the run. */
  readonly points: Map<string, number>
  readonly onDeath: (incarnation: Incarnation) => void
}

/** Around these an order comes into being: here it matters most what happens. */
const delicate =
  /recordIntent|beginSubmit|journal apply|create-order|edit-order|cancel-orders|decideApproval|recordFills/

/** @returns A living process without anything in it. */
export function createIncarnation(options: IncarnationOptions): Incarnation {
  const { world, faults, slot, life, points } = options
  let isDead = false
  let isPaused = false
  let deferred: (() => void)[] = []
  const name = `p${slot}.${life}`

  const self: Incarnation = {
    name,
    slot,
    never: new Promise<never>(() => {}),
    get isDead() {
      return isDead
    },
    get isPaused() {
      return isPaused
    },
    clock: { nowMs: () => world.nowMs() + options.clockOffsetMs() },
    timers: {
      after: (ms, run) => world.schedule(ms, 'timer', guarded(run), self),
      every: (ms, run) => world.every(ms, 'timer', guarded(run), self),
      sleep: (ms) => new Promise((resolve) => world.schedule(ms, 'timer', guarded(resolve), self)),
    },
    defer: (run) => {
      deferred.push(run)
    },
    point(label) {
      if (isDead) return false
      points.set(label, (points.get(label) ?? 0) + 1)
      if (isPaused) return true
      const fault = faults.draw(['crash', 'pause'], delicate.test(label) ? 12 : 1)
      if (fault === 'crash') self.kill(label)
      else if (fault === 'pause') self.pause(1_000 * faults.prng.pick([1, 2, 5, 12, 40, 120, 600]))
      return !isDead
    },
    whenRunning(run) {
      if (isDead) return
      if (isPaused) deferred.push(run)
      else run()
    },
    kill(why) {
      if (isDead) return
      isDead = true
      deferred = []
      world.trace.note(world.nowMs(), name, `killed at ${why}`)
      options.onDeath(self)
    },
    pause(ms) {
      if (isDead || isPaused) return
      isPaused = true
      world.trace.note(world.nowMs(), name, `stopped for ${ms} ms`)
      world.schedule(ms, `wake ${name}`, () => self.resume())
    },
    resume() {
      if (isDead || !isPaused) return
      isPaused = false
      const waiting = deferred
      deferred = []
      for (const run of waiting) world.schedule(0, 'late', run, self)
    },
  }

  function guarded(run: () => void): () => void {
    return () => {
      if (self.point('timer')) self.whenRunning(run)
    }
  }
  return self
}
