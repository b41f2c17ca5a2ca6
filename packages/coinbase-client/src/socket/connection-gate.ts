import type { Clock, Timer, Timers } from '@tidegate/trading-model'

/** A place among the connections of this process, or in the queue for one. */
export interface GateSlot {
  /** Gives the place back: when the connection has ended, or is no longer wanted. */
  leave(): void
}

/** Lets connections through, as many and as often as the venue takes from one address. */
export interface ConnectionGate {
  /** Calls `connect` with its place as soon as there is one: at once where possible, else in the order of asking. */
  enter(connect: (slot: GateSlot) => void): GateSlot
}

export interface ConnectionGateOptions {
  readonly clock: Clock
  readonly timers: Timers
  /** Connections begun in any second. @default 8 */
  readonly perSecond?: number
  /** Connections open at a time. @default 4 */
  readonly maxOpen?: number
}

const WINDOW_MS = 1_000

/**
 * Makes the gate that feeds of one process share, so that a storm of reconnects stays inside the venue's limit per address.
 *
 * @example
 * const gate = createConnectionGate({ clock, timers })
 * const feed = createCoinbaseFeed({ ...options, gate })
 */
export function createConnectionGate(options: ConnectionGateOptions): ConnectionGate {
  const { clock, timers } = options
  const perSecond = options.perSecond ?? 8
  const maxOpen = options.maxOpen ?? 4
  const open = new Set<GateSlot>()
  const queue: { readonly slot: GateSlot; readonly connect: (slot: GateSlot) => void }[] = []
  let begunAtMs: number[] = []
  let timer: Timer | undefined

  function admit(): void {
    timer?.cancel()
    timer = undefined
    for (;;) {
      const next = queue[0]
      if (!next || open.size >= maxOpen) return
      const nowMs = clock.nowMs()
      // A moment in the future is one from before the clock stepped back: it counts as now.
      begunAtMs = begunAtMs.map((atMs) => Math.min(atMs, nowMs)).filter((atMs) => atMs > nowMs - WINDOW_MS)
      const oldestMs = begunAtMs[begunAtMs.length - perSecond]
      if (oldestMs !== undefined) {
        timer = timers.after(oldestMs + WINDOW_MS - nowMs, admit)
        return
      }
      queue.shift()
      open.add(next.slot)
      begunAtMs.push(nowMs)
      next.connect(next.slot)
    }
  }

  return {
    enter: (connect) => {
      const slot: GateSlot = {
        leave: () => {
          const place = queue.findIndex((each) => each.slot === slot)
          if (place >= 0) queue.splice(place, 1)
          if (open.delete(slot)) admit()
        },
      }
      queue.push({ slot, connect })
      admit()
      return slot
    },
  }
}

const gates = new WeakMap<Timers, ConnectionGate>()

/** The gate of everybody who runs on the same timers: one runtime, one gate. */
export function sharedGate(runtime: { readonly clock: Clock; readonly timers: Timers }): ConnectionGate {
  const gate = gates.get(runtime.timers) ?? createConnectionGate(runtime)
  gates.set(runtime.timers, gate)
  return gate
}
