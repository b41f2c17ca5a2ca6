import type { DeskContext } from './context.js'

/** Says to the other desks on a journal that this one is alive; the journal lets nobody submit whose lease has run out. */
export interface InstanceLease {
  /**
   * Takes it, anew after it has run out: only when what happened meanwhile has been reconciled.
   *
   * @returns False when another instance has replaced this one for good.
   */
  take(): Promise<boolean>
  /** True when this desk stood still for so long that the lease it had has run out by its own clock. */
  hasLapsed(): boolean
}

/**
 * A desk that was stopped (a paused machine, `SIGSTOP`, a store out of reach) for longer than its lease does not go on where it was: the
 * others have gone on without it. It renews well before the end, and never renews what has run out.
 *
 * @returns The lease. A journal that is not shared has one owner, fenced by the next one; there it always holds.
 */
export function createInstanceLease({ journal, settings, clock }: DeskContext): InstanceLease {
  const forMs = settings.instanceLeaseMs
  let untilMs: number | undefined
  return {
    async take() {
      if (journal.isShared !== true || !journal.takeLease) return true
      // Counted from before the call: the store counts from later, so here it ends first.
      const askedAtMs = clock.nowMs()
      if (!(await journal.takeLease(`instance:${journal.instanceId}`, forMs))) return false
      untilMs = askedAtMs + forMs
      return true
    },
    hasLapsed: () => untilMs !== undefined && clock.nowMs() >= untilMs,
  }
}
