import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { waitFor } from '../wait-for.js'
import { abandon, type SubmitDeps, submitOnce } from './submit.js'

/** Owns every submit under way. Whoever asked for one may leave; the work goes on. */
export interface Submitter {
  /**
   * Sends a RESERVED intent, trying again while it is surely not sent and still wanted.
   *
   * @param deadlineMs - After this the order is not wanted any more; what was not sent is abandoned.
   */
  submit(intent: Intent, deadlineMs: number): Promise<Intent>
  /** True while this desk works on the intent: reconciliation keeps its hands off. */
  isRunning(intentId: string): boolean
  /** The work under way for an intent. */
  running(intentId: string): Promise<Intent> | undefined
  /** Waits for everything under way, at most `ms`. */
  settle(ms: number): Promise<void>
}

export interface SubmitterDeps extends SubmitDeps {
  /** Evaluates an order again before another try. `undefined`: it may go. */
  readonly whyNotAnyMore: (intent: Intent) => Promise<string | undefined>
}

/** @returns The owner of submits: one run per intent at a time. */
export function createSubmitter(deps: SubmitterDeps): Submitter {
  const { context } = deps
  const runs = new Map<string, Promise<Intent>>()

  return {
    submit(intent, deadlineMs) {
      const under = runs.get(intent.intentId)
      if (under) return under
      const run = runSubmit(deps, intent, deadlineMs).finally(() => runs.delete(intent.intentId))
      runs.set(intent.intentId, run)
      context.background('submit_failed', run)
      return run
    },
    isRunning: (intentId) => runs.has(intentId),
    running: (intentId) => runs.get(intentId),
    async settle(ms) {
      await waitFor(Promise.allSettled(runs.values()), ms, context.timers)
    },
  }
}

async function runSubmit(deps: SubmitterDeps, first: Intent, deadlineMs: number): Promise<Intent> {
  const { context } = deps
  const { settings, clock, timers } = context
  let intent = first
  for (let attempt = 1; ; attempt++) {
    const stop = whyStop(context, deadlineMs)
    if (stop) return abandon(context, intent, stop)
    const pass = await submitOnce(deps, intent)
    if (!pass.again) return pass.intent
    intent = pass.intent

    const { reason, waitMs } = pass.again
    const delay = Math.max(waitMs, settings.retryDelaysMs[attempt - 1] ?? settings.retryDelaysMs.at(-1) ?? 0)
    if (attempt >= settings.submitAttempts || clock.nowMs() + delay > deadlineMs) {
      return abandon(context, intent, `not sent in time: ${reason}`)
    }
    await timers.sleep(delay)
    const objection = await deps.whyNotAnyMore(intent)
    if (objection) return abandon(context, intent, objection)
  }
}

function whyStop(context: DeskContext, deadlineMs: number): string | undefined {
  if (context.isClosing()) return 'the desk is closing'
  return context.clock.nowMs() > deadlineMs ? 'its time was up before it could be sent' : undefined
}
