import type { Timer, Timers } from '@tidegate/trading-model'
import {
  type AnswerFault,
  type Fault,
  isAnswerFault,
  isStreamFault,
  type StateFault,
  type StreamFault,
} from './fault.js'

/** Faults on purpose, in the order in which they were asked for. */
export interface FaultPlan {
  /** Hits the next request of its verb or frame of its channel; a fault of the exchange's state holds from now on. */
  next(fault: Fault): void
  /** Forgets what has not struck yet and undoes what holds. */
  clear(): void
  /** Faults that have not struck yet. */
  pending(): readonly Fault[]
  /** Kinds that have struck so far, in that order: what a test asks whether it tested anything. */
  struck(): readonly Fault['kind'][]
}

/** The exchange's side of a plan. */
export interface FaultQueue extends FaultPlan {
  /** Takes the fault that this request meets, if any. */
  takeForAnswer(verb: string): AnswerFault | undefined
  /** Takes the fault that this frame meets, if any. `canStrike` says whether the frame is one that the fault can do something to. */
  takeForFrame(channel: string, canStrike: (fault: StreamFault) => boolean): StreamFault | undefined
}

/** What faults of the exchange's state are done with. */
export interface StateFaults {
  apply(fault: StateFault): void
  undo(): void
}

const keptStruck = 1_000

/** @param timers - For faults with `at`. */
export function createFaultQueue(state: StateFaults, timers: Timers): FaultQueue {
  let queue: { readonly fault: AnswerFault | StreamFault; left: number }[] = []
  let waiting: { readonly fault: Fault; readonly timer: Timer }[] = []
  const struck: Fault['kind'][] = []

  const begin = (fault: Fault): void => {
    if (isAnswerFault(fault) || isStreamFault(fault)) queue.push({ fault, left: fault.times ?? 1 })
    else {
      state.apply(fault)
      strike(fault)
    }
  }
  const strike = (fault: Fault): void => {
    struck.push(fault.kind)
    if (struck.length > keptStruck) struck.shift()
  }
  function take<T extends AnswerFault | StreamFault>(wants: (fault: AnswerFault | StreamFault) => fault is T) {
    const entry = queue.find(({ fault }) => wants(fault))
    if (!entry) return undefined
    entry.left -= 1
    if (entry.left <= 0) queue = queue.filter((other) => other !== entry)
    strike(entry.fault)
    return entry.fault as T
  }

  return {
    next(fault) {
      if (fault.at === undefined || fault.at === 0) {
        begin(fault)
        return
      }
      const entry = {
        fault,
        timer: timers.after(fault.at, () => {
          waiting = waiting.filter((other) => other !== entry)
          begin(fault)
        }),
      }
      waiting.push(entry)
    },
    clear() {
      for (const { timer } of waiting) timer.cancel()
      waiting = []
      queue = []
      state.undo()
    },
    pending: () => [...queue.map(({ fault }) => fault), ...waiting.map(({ fault }) => fault)],
    struck: () => [...struck],
    takeForAnswer: (verb) =>
      take(
        (fault): fault is AnswerFault =>
          isAnswerFault(fault) && (fault.verb === undefined || fault.verb === 'any' || fault.verb === verb),
      ),
    takeForFrame: (channel, canStrike) =>
      take(
        (fault): fault is StreamFault =>
          isStreamFault(fault) &&
          (fault.channel === undefined || fault.channel === 'any' || fault.channel === channel) &&
          canStrike(fault),
      ),
  }
}
