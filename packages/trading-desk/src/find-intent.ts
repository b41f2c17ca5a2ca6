import type { Intent, Principal } from '@tidegate/trading-model'
import type { DeskContext } from './context.js'

/**
 * Finds an intent by any name it has: intent id, the venue's order id, our id at the venue, or the caller's own
 * `client_order_id` (only its owner's, so that nobody reaches another agent's order by guessing a key).
 */
export async function findIntent(context: DeskContext, id: string, principal?: Principal): Promise<Intent | undefined> {
  const { journal, accountId } = context
  const byId =
    (await journal.getIntent(id)) ?? (await journal.findByVenueOrderId(id)) ?? (await journal.findByClientOrderId(id))
  if (byId || !principal) return byId
  const wish = { account: accountId, principal: principal.name, key: id, intentId: '' }
  return journal.findByClientOrderId(journal.clientOrderIdFor(wish))
}
