import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/**
 * The intents that were given up for never accepted so lately that the venue may still prove us wrong. Every full scan reaches back
 * to them and every order that carries one of their ids is taken back; the journal alone says which they are, so a restart watches on.
 */
export async function listWatched({ journal, settings, clock }: DeskContext): Promise<readonly Intent[]> {
  const watchedFromMs = clock.nowMs() - settings.tombstoneWatchMs
  // By the time of burial, not of birth: a proof can take as long as the venue was out of reach.
  const buried = await journal.listIntents({ states: ['NEVER_ACCEPTED'] })
  return buried.filter((intent) => intent.updatedAtMs > watchedFromMs)
}
