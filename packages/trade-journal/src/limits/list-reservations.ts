import type { HeldReservation } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'

/** What an intent holds of each limit row: see {@link Journal.reservations}. */
export async function listReservations(ctx: JournalContext, intentId: string): Promise<readonly HeldReservation[]> {
  return await read(ctx, async (trx) => {
    const rows = await trx
      .selectFrom('reservations')
      .select(['scope', 'window_id', 'amount', 'remaining'])
      .where('intent_id', '=', intentId)
      .orderBy('scope')
      .orderBy('window_id')
      .execute()
    return rows.map(({ scope, window_id, amount, remaining }) => ({
      scope,
      window: window_id,
      amount,
      held: remaining,
    }))
  })
}
