import type { Principal } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { findIntent } from '../find-intent.js'
import { UNSENT_STATES } from '../lifecycle/order-kind.js'

/**
 * What a cancel by this id is about. An edit that was sent cannot be called back, but its order can be cancelled; one that waits is
 * given up like any other wish.
 */
export async function cancelTarget(context: DeskContext, principal: Principal, id: string): Promise<string> {
  const intent = await findIntent(context, id, principal).catch(() => undefined)
  const isSentEdit = intent?.kind === 'edit' && !UNSENT_STATES.includes(intent.state)
  return isSentEdit ? (intent.targetIntentId ?? id) : id
}
