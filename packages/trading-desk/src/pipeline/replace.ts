import { type Intent, isTerminal } from '@tidegate/trading-model'
import { timeToLiveMs } from '../lifecycle/order-kind.js'
import { orderFields } from '../order-log.js'
import { type CancelDeps, cancelIntent } from './cancel.js'
import { reevaluate } from './reevaluate.js'
import { abandon } from './submit.js'
import type { SnapshotDeps } from './take-snapshot.js'

/** Owns every replacement under way. Whoever asked for one may leave; the work goes on. */
export interface Replacer {
  /** Cancels the target, waits for the proof that it is over, and only then sends the replacement, if it is still wanted. */
  run(replacement: Intent): Promise<Intent>
  isRunning(intentId: string): boolean
  running(intentId: string): Promise<Intent> | undefined
}

export type ReplaceDeps = SnapshotDeps & CancelDeps

/**
 * Two steps, in this order: the old order ends, then the new one is sent. Never are both live. When the old one filled further on its
 * way out, or the new one does not pass any more, the new one is given up: both are gone then, and that is said.
 *
 * After a crash in between, the replacement is found unsent and given up; the cancel goes on.
 */
export function createReplacer(deps: ReplaceDeps): Replacer {
  const { context } = deps
  const runs = new Map<string, Promise<Intent>>()
  return {
    run(replacement) {
      const under = runs.get(replacement.intentId)
      if (under) return under
      const run = replaceOrder(deps, replacement).finally(() => runs.delete(replacement.intentId))
      runs.set(replacement.intentId, run)
      context.background('replacement_failed', run)
      return run
    },
    isRunning: (intentId) => runs.has(intentId),
    running: (intentId) => runs.get(intentId),
  }
}

async function replaceOrder(deps: ReplaceDeps, replacement: Intent): Promise<Intent> {
  const { context, submitter } = deps
  const { clock, settings, journal } = context
  const { targetIntentId = '' } = replacement
  const target = await journal.getIntent(targetIntentId)
  if (!target) return abandon(context, replacement, 'the order to replace is not known any more')
  await cancelIntent(deps, replacement.principal, targetIntentId, target)
  const ended = await awaitEnd(deps, targetIntentId, clock.nowMs() + settings.replaceWaitMs)
  if (!ended) {
    if (context.isClosing()) return replacement
    return abandon(context, replacement, 'the old order was not shown to be over in time; its cancel goes on')
  }
  const changed = whyNotAnyMore(replacement, ended)
  const verdict =
    changed === undefined ? await reevaluate(deps, replacement) : { kind: 'stop' as const, reason: changed }
  if (verdict.kind !== 'go') {
    const { reason } = verdict
    const gone = await abandon(
      context,
      replacement,
      `${reason}; the old order is ${ended.state} and nothing took its place`,
    )
    context.log.warn('replacement_abandoned', { ...orderFields(gone), target: targetIntentId, reason })
    return gone
  }
  return submitter.submit(replacement, verdict.decidedAtMs + timeToLiveMs(replacement.terms, settings))
}

/** Waits until the journal knows the end of an order, which it does once all its fills are recorded. */
async function awaitEnd(
  { context, tracker }: ReplaceDeps,
  intentId: string,
  untilMs: number,
): Promise<Intent | undefined> {
  const { clock, journal, settings, timers } = context
  while (!context.isClosing()) {
    const target = await journal.getIntent(intentId)
    if (target && isTerminal(target.state)) return target
    if (clock.nowMs() >= untilMs) return undefined
    tracker.wake(intentId)
    const ended = await tracker.finished(intentId, settings.cancelWaitMs)
    if (!ended) await timers.sleep(settings.trackPollMs[0] ?? 100)
  }
  return undefined
}

function whyNotAnyMore(replacement: Intent, target: Intent): string | undefined {
  const known = replacement.targetFilledSize ?? '0'
  if (target.filledSize === known) return undefined
  return `the old order had filled ${known} when this was asked for and ${target.filledSize} when it ended`
}
