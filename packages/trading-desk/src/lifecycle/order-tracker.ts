import { type Intent, isTerminal, type VenueOrder } from '@tidegate/trading-model'
import { reportEnded } from '../order-log.js'
import { createTroubleLog } from '../trouble-log.js'
import { waitFor } from '../wait-for.js'
import { isImmediate } from './order-kind.js'
import { type TrackMemory, type TrackOneDeps, trackOrder } from './track-order.js'

/** Follows every order the venue has, until it ended and settled. */
export interface OrderTracker {
  /** Starts following; a second call for the same intent changes nothing. */
  follow(intent: Intent): void
  /** Something happened to the order: look now. */
  wake(intentId: string): void
  wakeAll(): void
  follows(venueOrderId: string): boolean
  /** A hint of the stream. True when the order is one we follow. */
  hint(order: VenueOrder): boolean
  /** Looks once more, waiting at most `ms`, and returns what is known then. `undefined`: not followed. */
  refresh(intentId: string, ms: number): Promise<Intent | undefined>
  /** Waits at most `ms` for the order to end. `undefined`: not followed, or not over. */
  finished(intentId: string, ms: number): Promise<Intent | undefined>
  following(): readonly Intent[]
  stop(): void
}

interface Entry {
  intent: Intent
  readonly memory: TrackMemory
  readonly done: Promise<Intent>
  wake(): void
  /** Resolves after the next look that begins from now on. */
  nextLook(): Promise<Intent>
}

/** @returns A tracker; each order is looked at by one loop only, so its news is applied in order. */
export function createOrderTracker(deps: TrackOneDeps): OrderTracker {
  const { context } = deps
  const { settings, timers } = context
  const entries = new Map<string, Entry>()
  const byVenueId = new Map<string, Entry>()
  let stopped = false

  function follow(intent: Intent): void {
    if (stopped || entries.has(intent.intentId) || intent.venueOrderId === undefined || isTerminal(intent.state)) return
    const bell = createBell()
    let waiting: ((intent: Intent) => void)[] = []
    const memory: TrackMemory = {}
    const trouble = createTroubleLog(context, 'order_look_failed')
    const entry: Entry = {
      intent,
      memory,
      wake: () => bell.ring(),
      nextLook: () =>
        new Promise((resolve) => {
          waiting.push(resolve)
          bell.ring()
        }),
      done: Promise.resolve().then(async () => {
        const final = await loop()
        forget(entry)
        for (const resolve of waiting) resolve(final)
        if (isTerminal(final.state)) reportEnded(context, final)
        return final
      }),
    }
    entries.set(intent.intentId, entry)
    byVenueId.set(intent.venueOrderId, entry)
    context.background('tracking_failed', entry.done)

    async function loop(): Promise<Intent> {
      let quiet = 0
      while (!stopped) {
        const answering = waiting
        waiting = []
        bell.reset()
        let parks = !isImmediate(entry.intent.terms)
        try {
          const look = await trackOrder(deps, entry.intent, memory)
          trouble.well()
          entry.intent = look.intent
          if (look.done) {
            for (const resolve of answering) resolve(look.intent)
            return look.intent
          }
          if (look.moved) quiet = 0
          if (look.unsettled) parks = false
        } catch (error) {
          parks = false
          trouble.failed(error, { intent_id: intent.intentId })
        }
        for (const resolve of answering) resolve(entry.intent)
        const delay = settings.trackPollMs[quiet] ?? (parks ? undefined : settings.trackPollMs.at(-1))
        quiet++
        if (await bell.rung(delay)) quiet = 0
      }
      return entry.intent
    }

    /** A resting order is not polled for ever: the stream and the regular listing of live orders wake it. */
    function createBell() {
      let ringing = false
      let answer: (() => void) | undefined
      return {
        ring(): void {
          ringing = true
          answer?.()
        },
        reset(): void {
          ringing = false
        },
        async rung(delayMs: number | undefined): Promise<boolean> {
          if (ringing) return true
          await new Promise<void>((resolve) => {
            const timer = delayMs === undefined ? undefined : timers.after(delayMs, resolve)
            answer = () => {
              timer?.cancel()
              resolve()
            }
          })
          answer = undefined
          return ringing
        },
      }
    }
  }

  function forget({ intent }: Entry): void {
    entries.delete(intent.intentId)
    if (intent.venueOrderId !== undefined) byVenueId.delete(intent.venueOrderId)
  }

  return {
    follow,
    wake: (intentId) => entries.get(intentId)?.wake(),
    wakeAll() {
      for (const entry of entries.values()) entry.wake()
    },
    follows: (venueOrderId) => byVenueId.has(venueOrderId),
    hint(order) {
      const entry = byVenueId.get(order.orderId)
      entry?.wake()
      return entry !== undefined
    },
    async refresh(intentId, ms) {
      const entry = entries.get(intentId)
      if (!entry) return undefined
      return (await waitFor(Promise.race([entry.nextLook(), entry.done]), ms, timers)) ?? entry.intent
    },
    async finished(intentId, ms) {
      const entry = entries.get(intentId)
      return entry ? waitFor(entry.done, ms, timers) : undefined
    },
    following: () => [...entries.values()].map((entry) => entry.intent),
    stop() {
      stopped = true
      for (const entry of entries.values()) entry.wake()
      entries.clear()
      byVenueId.clear()
    },
  }
}
