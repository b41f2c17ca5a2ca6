import type { Timer } from '@tidegate/trading-model'
import { nextTurn } from './drain.js'
import type { Trace } from './trace.js'

/** Somebody whom events may belong to: what is his waits while he is stopped, and is lost when he is dead. */
export interface Owner {
  readonly name: string
  readonly isDead: boolean
  readonly isPaused: boolean
  /** Keeps something for the moment he goes on. */
  defer(run: () => void): void
}

interface Job {
  readonly atMs: number
  readonly order: number
  readonly label: string
  readonly run: () => void
  readonly owner: Owner | undefined
  isCancelled: boolean
}

/** The one queue of a simulation: time, timers, requests, answers and frames all pass through it. */
export interface World {
  nowMs(): number
  readonly trace: Trace
  schedule(delayMs: number, label: string, run: () => void, owner?: Owner): Timer
  every(everyMs: number, label: string, run: () => void, owner?: Owner): Timer
  /** Works events off until `until` says so or the time is reached; asked after every event. */
  run(untilMs: number, until?: () => boolean): Promise<void>
  eventCount(): number
}

/**
 * @param checkpoint - Runs all promises that can run. Absent: each event waits for a turn of the event loop, which is slower, comes to the
 *   same, and lets Node notice rejections that nobody handles at the moment they happen.
 * @returns An empty world at `startMs`.
 */
export function createWorld(startMs: number, trace: Trace, checkpoint: (() => void) | undefined): World {
  const heap: Job[] = []
  let nowMs = startMs
  let order = 0
  let events = 0

  function push(job: Job): void {
    let index = heap.length
    heap.push(job)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(heap[parent] as Job, job)) break
      heap[index] = heap[parent] as Job
      index = parent
    }
    heap[index] = job
  }

  function pop(): Job | undefined {
    const top = heap[0]
    const last = heap.pop()
    if (!top || !last || heap.length === 0) return top
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      if (left >= heap.length) break
      const right = left + 1
      const child = right < heap.length && isBefore(heap[right] as Job, heap[left] as Job) ? right : left
      if (isBefore(last, heap[child] as Job)) break
      heap[index] = heap[child] as Job
      index = child
    }
    heap[index] = last
    return top
  }

  function add(delayMs: number, label: string, run: () => void, owner: Owner | undefined): Job {
    const job = {
      atMs: nowMs + Math.max(0, Math.round(delayMs)),
      order: order++,
      label,
      run,
      owner,
      isCancelled: false,
    }
    push(job)
    return job
  }

  function fire(job: Job): void {
    trace.note(nowMs, job.owner?.name ?? '-', job.label)
    job.run()
  }

  /** The next event; false when there is none until then. */
  function step(untilMs: number, until: (() => boolean) | undefined): boolean {
    for (;;) {
      if (until?.()) return false
      const job = heap[0]
      if (!job || job.atMs > untilMs) {
        nowMs = Math.max(nowMs, untilMs)
        return false
      }
      pop()
      if (job.isCancelled || job.owner?.isDead) continue
      nowMs = Math.max(nowMs, job.atMs)
      events++
      if (job.owner?.isPaused) {
        job.owner.defer(() => {
          if (!job.isCancelled) fire(job)
        })
        continue
      }
      fire(job)
      return true
    }
  }

  return {
    nowMs: () => nowMs,
    trace,
    eventCount: () => events,
    schedule(delayMs, label, run, owner) {
      const job = add(delayMs, label, run, owner)
      return {
        cancel: () => {
          job.isCancelled = true
        },
      }
    },
    every(everyMs, label, run, owner) {
      let job: Job | undefined
      let isCancelled = false
      const period = Math.max(1, everyMs)
      const turn = (): void => {
        if (!isCancelled) job = add(period, label, turn, owner)
        run()
      }
      job = add(period, label, turn, owner)
      return {
        cancel: () => {
          isCancelled = true
          if (job) job.isCancelled = true
        },
      }
    },
    async run(untilMs, until) {
      await new Promise((resolve) => nextTurn(resolve))
      if (checkpoint) {
        // From a macrotask of its own: inside a promise the checkpoint would do nothing.
        await new Promise<void>((resolve, reject) => {
          nextTurn(() => {
            try {
              while (step(untilMs, until)) checkpoint()
              resolve()
            } catch (error) {
              reject(error as Error)
            }
          })
        })
      } else while (step(untilMs, until)) await new Promise((resolve) => nextTurn(resolve))
    },
  }
}

function isBefore(a: Job, b: Job): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
