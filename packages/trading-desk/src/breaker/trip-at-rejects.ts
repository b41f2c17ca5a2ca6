import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/**
 * Orders that the venue refuses one after the other are a broken strategy, a wrong key or a product in trouble; they cost the rate
 * budget that cancels need. So many within the window leave only exits to whoever sent them, and twice of all together to the account.
 * Counted from the journal, over all processes; a restart forgets none. A post-only order that would have traded is no such refusal:
 * that is what post-only asks for, and a market maker meets it all day.
 */
export async function tripAtRejects(context: DeskContext, principalName: string): Promise<void> {
  const { journal, clock, settings } = context
  const { rejectsPerAgent, rejectsPerAccount, rejectWindowMs } = settings
  const changedSinceMs = clock.nowMs() - rejectWindowMs
  const found = await journal.listIntents({ states: ['REJECTED'], changedSinceMs })
  const refused = found.filter((intent) => !isAskedFor(intent))
  const own = refused.filter((intent) => intent.principal === principalName).length
  const seconds = Math.round(rejectWindowMs / 1_000)
  const say = (count: number) => `the venue refused ${count} orders within ${seconds} s`
  if (own >= rejectsPerAgent) await context.trip(`agent:${principalName}`, 'REDUCE_ONLY', say(own))
  if (refused.length >= rejectsPerAccount) await context.trip('account', 'REDUCE_ONLY', say(refused.length))
}

/** The reason begins with the venue's word. */
function isAskedFor({ terms, outcomeReason }: Intent): boolean {
  const isPostOnly = terms.orderType === 'LIMIT' && terms.postOnly
  return isPostOnly && outcomeReason?.startsWith('INVALID_LIMIT_PRICE_POST_ONLY') === true
}
