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
  let thisStart: AuditEntry | undefined
  let isDone = false

  async function haltOnStep(fromMs: number, toMs: number, since: string): Promise<void> {
    if (fromMs - toMs <= settings.maxStepBackMs) return
    await context.trip('account', 'HALTED', `the clock went back by ${Math.round(fromMs - toMs)} ms ${since}`)
  }

  return {
    async checkSinceLastRun() {
      if (isDone) return
      // Written once, however often the rest is tried: what lies before it is what has to be looked at.
      thisStart ??= await journal.audit({ actor: DESK_ACTOR, type: startedType, body: {} })
      const entry = thisStart
      const fromSeq = Math.max(1, entry.seq - entriesToRead)
      const entries = await journal.auditEntries({ fromSeq, limit: entry.seq - fromSeq + 1 })
      // A step before the last start was found by that start, and a person has resumed since.
      const lastStart = entries.findLastIndex((each) => each.type === startedType && each.seq < entry.seq)
      for (const [index, each] of entries.entries()) {
        const before = index > lastStart ? entries[index - 1] : undefined
        if (before) await haltOnStep(before.atMs, each.atMs, 'since the last start')
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
