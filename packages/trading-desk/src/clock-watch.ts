import type { AuditEntry } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext } from './context.js'

/** Keeps an eye on the clock that days, windows and deadlines are counted by. */
export interface ClockWatch {
  /** At start, until it succeeds: the clock may have been set back while nobody ran. Once it has, asking again does nothing. */
  checkSinceLastRun(): Promise<void>
  /** Every second: steps back of our own clock, and the distance to the venue's. */
  check(): Promise<void>
}

const startedType = 'desk_started'
/** Between two runs lie a handful of entries; further back nobody needs to look for the step. */
const entriesToRead = 200

/**
 * A clock that steps back would open a day, a window or a deadline for a second time; one too far from the venue's signs requests
 * that live longer than the proof rule thinks. Both halt the account, and a person resumes. Small corrections pass.
 */
export function createClockWatch(context: DeskContext): ClockWatch {
  const { clock, journal, account, settings } = context
  let latestMs = clock.nowMs()
  let thisStart: { readonly entry: AuditEntry; readonly waitedMs: number } | undefined
  let isDone = false

  async function haltOnStep(fromMs: number, toMs: number, since: string): Promise<void> {
    if (fromMs - toMs <= settings.maxStepBackMs) return
    await context.trip('account', 'HALTED', `the clock went back by ${Math.round(fromMs - toMs)} ms ${since}`)
  }

  async function markStart() {
    const askedAtMs = clock.nowMs()
    const entry = await journal.audit({ actor: DESK_ACTOR, type: startedType, body: {} })
    return { entry, waitedMs: Math.max(0, clock.nowMs() - askedAtMs) }
  }

  return {
    async checkSinceLastRun() {
      if (isDone) return
      // Written once, however often the rest is tried: what lies before it is what has to be looked at.
      thisStart ??= await markStart()
      const { entry, waitedMs } = thisStart
      const fromSeq = Math.max(1, entry.seq - entriesToRead)
      const entries = await journal.auditEntries({ fromSeq, limit: entry.seq - fromSeq + 1 })
      // A step before the last start was found by that start, and a person has resumed since.
      const lastStart = entries.findLastIndex((each) => each.type === startedType && each.seq < entry.seq)
      const since = entries.slice(Math.max(0, lastStart))
      if (journal.isShared === true) {
        // Entries stand in the order of their commits and have the times of their beginnings: one that was held up follows younger
        // ones. Only this start has to be younger than all of them, but for the time that it was held up itself.
        const latest = Math.max(...since.filter((each) => each.seq < entry.seq).map((each) => each.atMs))
        await haltOnStep(latest - waitedMs, entry.atMs, 'since the last start')
      } else {
        for (const [index, each] of since.entries()) {
          const before = since[index - 1]
          if (before) await haltOnStep(before.atMs, each.atMs, 'since the last start')
        }
      }
      isDone = true
    },
    async check() {
      const before = latestMs
      // Kept as it is now also after a step back: the person who resumes has accepted it.
      latestMs = clock.nowMs()
      await haltOnStep(before, latestMs, 'while running')
      const skewMs = account.clockSkewMs()
      if (skewMs === undefined || Math.abs(skewMs) <= settings.maxSkewMs) return
      await context.trip('account', 'HALTED', `our clock and the venue's are ${Math.round(skewMs)} ms apart`)
    },
  }
}
