import type { Intent, IntentState } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/** Ends after which an order may still come to light, because its request did leave. */
const SURFACING_STATES: readonly IntentState[] = ['NEVER_ACCEPTED', 'REJECTED']

/** True for an intent that holds nothing and whose request did leave: the venue may still prove us wrong. */
export function maySurface(state: IntentState): boolean {
  return SURFACING_STATES.includes(state)
}

/** The dead whose orders may still come to light. */
export interface Watch {
  /** Client order ids to look for in everything that is read. */
  readonly clientOrderIds: ReadonlySet<string>
  /** Those that a scan has to reach back to. */
  readonly reachBack: readonly Intent[]
}

/**
 * The intents that ended so lately for refused or never accepted that the venue may still prove us wrong: every order that carries
 * one of their ids is taken back. The journal alone says which they are, so a restart watches on.
 *
 * Scans reach back to all that were given up. Refusals are common, and a copy of one cannot be accepted once its token has run out:
 * scans reach back to those of the usual overlap, and the first one of a desk to all.
 */
export async function listWatched({ journal, settings, clock }: DeskContext, isFirst: boolean): Promise<Watch> {
  const nowMs = clock.nowMs()
  // By the time of the end, not of birth: a proof can take as long as the venue was out of reach.
  const found = await journal.listIntents({
    states: SURFACING_STATES,
    changedSinceMs: nowMs - settings.tombstoneWatchMs,
  })
  const dead = found.filter((intent) => intent.kind !== 'edit')
  return {
    clientOrderIds: new Set(dead.map((intent) => intent.clientOrderId)),
    reachBack: dead.filter(
      (intent) => isFirst || intent.state === 'NEVER_ACCEPTED' || intent.updatedAtMs > nowMs - settings.scanOverlapMs,
    ),
  }
}
