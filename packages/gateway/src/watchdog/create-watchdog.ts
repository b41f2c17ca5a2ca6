import type { CancelResult, Clock, Log, Timers, VenueOrder } from '@tidegate/trading-model'
import type { OwnerRecord } from '../home/owner-file.js'

/** What a watchdog needs of the venue: it can look and cancel, nothing else. */
export interface CancelOnlyVenue {
  listOrders(query: { readonly only: 'live' }): Promise<readonly Pick<VenueOrder, 'orderId'>[]>
  cancel(orderIds: readonly string[]): Promise<readonly CancelResult[]>
}

export interface WatchdogSettings {
  /** Between two looks at the gateway, ms. */
  readonly lookEveryMs: number
  /** How long it may not answer before it counts as dead, ms. */
  readonly deadAfterMs: number
  /** Between two listings while everything is being cancelled, ms. */
  readonly listEveryMs: number
  /** How long after its last sign of life a request of the gateway may still be accepted by the venue, ms: its token lives that long. */
  readonly lateRequestsMs: number
}

export const watchdogDefaults: WatchdogSettings = {
  lookEveryMs: 1_000,
  deadAfterMs: 15_000,
  listEveryMs: 1_000,
  lateRequestsMs: 130_000,
}

export interface WatchdogDeps {
  /** Who said to own the home, as it stands on disk: there from its opening to its orderly end, and after a `kill -9`. */
  readonly owner: () => OwnerRecord | undefined
  readonly answers: (owner: OwnerRecord) => Promise<boolean>
  readonly venue: CancelOnlyVenue
  /** Keeps the gateway from trading when it comes back: writes the file HALT. */
  readonly halt: (reason: string) => void
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly settings?: Partial<WatchdogSettings>
}

/** What one death of the gateway came to. */
export interface WatchdogReport {
  readonly pid: number
  readonly lastSeenMs: number
  readonly actedAtMs: number
  /** Orders whose cancel the venue took. */
  readonly cancelled: readonly string[]
  /** True when two listings in a row showed nothing live, and nothing came later. */
  readonly allGone: boolean
}

export interface Watchdog {
  /**
   * Watches until {@link Watchdog.stop}, or until one death was dealt with when `once` is set.
   *
   * @returns The last death's report; `undefined` when there was none.
   */
  run(options?: { readonly once?: boolean }): Promise<WatchdogReport | undefined>
  stop(): void
}

/** The venue takes at most so many ids at a time. */
const CHUNK = 100

/**
 * Cancels everything that rests at the venue when the gateway dies: Advanced Trade has no cancel-on-disconnect. It is another process
 * with a path of its own that can only look and cancel; it shares neither store nor connection with the gateway.
 *
 * Dead is a gateway that left its record behind and has not answered for a while: killed, stopped, hung, or cut off by a full machine.
 * One that ended in order has taken its record away, and its orders rest because somebody wanted that.
 *
 * Before anything is cancelled the home is halted by file, so that a gateway that wakes up or is restarted meanwhile places nothing.
 * Looking goes on until no request of the dead gateway can be accepted any more.
 *
 * - Wire: list orders, batch cancel.
 */
export function createWatchdog(deps: WatchdogDeps): Watchdog {
  const { clock, timers, log, venue } = deps
  const settings = { ...watchdogDefaults, ...deps.settings }
  let isStopped = false

  /** @returns The record and last sign of life of a gateway that is dead now; `undefined` when stopped. */
  async function untilDead(): Promise<{ readonly owner: OwnerRecord; readonly lastSeenMs: number } | undefined> {
    let seen: { readonly pid: number; readonly atMs: number } | undefined
    let isSaid = ''
    while (!isStopped) {
      const owner = deps.owner()
      if (!owner) {
        if (isSaid !== 'none')
          log.info('watchdog_stands_by', { reason: seen ? 'the gateway ended in order' : 'no gateway yet' })
        isSaid = 'none'
        seen = undefined
      } else if (await deps.answers(owner)) {
        if (isSaid !== 'alive') log.info('watchdog_watches', { gateway_pid: owner.pid })
        isSaid = 'alive'
        seen = { pid: owner.pid, atMs: clock.nowMs() }
      } else {
        // A record without an answer from the first look on counts from now: the machine may have just started.
        if (seen?.pid !== owner.pid) seen = { pid: owner.pid, atMs: clock.nowMs() }
        const silentMs = clock.nowMs() - seen.atMs
        if (isSaid !== 'silent') log.warn('gateway_silent', { gateway_pid: owner.pid })
        isSaid = 'silent'
        if (silentMs >= settings.deadAfterMs) return { owner, lastSeenMs: seen.atMs }
      }
      await timers.sleep(settings.lookEveryMs)
    }
    return undefined
  }

  async function act(owner: OwnerRecord, lastSeenMs: number): Promise<WatchdogReport> {
    const actedAtMs = clock.nowMs()
    const reason = `the watchdog: process ${owner.pid} has not answered since ${new Date(lastSeenMs).toISOString()}`
    log.error('gateway_dead', { gateway_pid: owner.pid, last_seen: new Date(lastSeenMs).toISOString() })
    try {
      deps.halt(reason)
    } catch (error) {
      // Cancelling matters more.
      log.error('halt_not_written', { error })
    }
    const cancelled = new Set<string>()
    let empty = 0
    while (!isStopped) {
      empty = (await sweep(cancelled)) === 0 ? empty + 1 : 0
      if (empty >= 2 && clock.nowMs() >= lastSeenMs + settings.lateRequestsMs) break
      await timers.sleep(settings.listEveryMs)
    }
    const report = { pid: owner.pid, lastSeenMs, actedAtMs, cancelled: [...cancelled], allGone: empty >= 2 }
    log.warn('watchdog_acted', { gateway_pid: owner.pid, cancelled: cancelled.size, all_gone: report.allGone })
    return report
  }

  /** One listing and the cancels for it. @returns How many were live; infinity when the venue did not tell. */
  async function sweep(cancelled: Set<string>): Promise<number> {
    try {
      const live = (await venue.listOrders({ only: 'live' })).map((order) => order.orderId)
      for (let from = 0; from < live.length; from += CHUNK) {
        const results = await venue.cancel(live.slice(from, from + CHUNK))
        for (const result of results) {
          if (result.outcome === 'accepted') cancelled.add(result.orderId)
          else
            log.warn('cancel_not_taken', {
              order_id: result.orderId,
              outcome: result.outcome,
              reason: result.reason ?? '',
            })
        }
      }
      return live.length
    } catch (error) {
      log.error('watchdog_cannot_reach_venue', { error })
      return Number.POSITIVE_INFINITY
    }
  }

  /** One death is dealt with once: only another process, or this one answering again, can die next. */
  async function untilAnother(pid: number): Promise<void> {
    while (!isStopped) {
      const owner = deps.owner()
      if (owner?.pid !== pid || (await deps.answers(owner))) return
      await timers.sleep(settings.lookEveryMs)
    }
  }

  return {
    async run({ once = false } = {}) {
      let report: WatchdogReport | undefined
      while (!isStopped) {
        const dead = await untilDead()
        if (!dead) break
        report = await act(dead.owner, dead.lastSeenMs)
        if (once) break
        await untilAnother(dead.owner.pid)
      }
      return report
    },
    stop() {
      isStopped = true
    },
  }
}
