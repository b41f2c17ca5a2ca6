/** What can be made to go wrong with one answer. */
export const FAULT_KINDS = [
  /** The request is carried out, then the connection is cut: the client cannot know. */
  'accept-then-drop',
  /** The request is carried out, then a proxy's 503 page comes back: the client cannot know either. */
  'accept-then-503-html',
  /** The connection is cut before anything happens. */
  'drop-before',
  /** The answer comes `delayMs` late. */
  'delay',
  'http-503-html',
  'http-429-html',
  'http-401',
  /** The answer's body ends half-way. */
  'cut-body',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  /** Verb of the request, e.g. `create-order` or `list-orders`; `any` for the next one whatever it is. */
  readonly verb: string
  readonly kind: FaultKind
  /** How many requests it hits; once when absent. */
  readonly times?: number
  readonly delayMs?: number
}

/** Faults on purpose, in the order in which they were asked for. */
export interface FaultPlan {
  /** Hits the next request of that verb. */
  next(fault: Fault): void
  clear(): void
  /** Faults that have not struck yet. */
  pending(): readonly Fault[]
}

/** The exchange's side of a plan. */
export interface FaultQueue extends FaultPlan {
  /** Takes the fault that this request meets, if any. */
  take(verb: string): Fault | undefined
}

/** Makes an empty queue of faults; each waits for the next call of its verb. */
export function createFaultQueue(): FaultQueue {
  let queue: { fault: Fault; left: number }[] = []
  return {
    next: (fault) => {
      queue.push({ fault, left: fault.times ?? 1 })
    },
    clear: () => {
      queue = []
    },
    pending: () => queue.map((entry) => entry.fault),
    take(verb) {
      const entry = queue.find(({ fault }) => fault.verb === verb || fault.verb === 'any')
      if (!entry) return undefined
      entry.left -= 1
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry)
      return entry.fault
    },
  }
}
