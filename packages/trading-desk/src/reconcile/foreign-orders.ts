import type { Intent } from '@tidegate/trading-model'
import { type AdoptDeps, adoptOrder } from './adopt-orders.js'

export interface ForeignOrders {
  /** Adopts in the background; called by hints. */
  adopt(venueOrderId: string): void
  /** @returns The intent behind an order of the venue; `undefined` when the venue does not show it. */
  adoptNow(venueOrderId: string): Promise<Intent | undefined>
}

/** Orders that turn up by their venue id alone. The stream's word is checked with the venue before anything is recorded. */
export function createForeignOrders(deps: AdoptDeps): ForeignOrders {
  const { context } = deps
  const looking = new Map<string, Promise<Intent | undefined>>()

  async function look(venueOrderId: string): Promise<Intent | undefined> {
    const order = await context.venue.getOrder(venueOrderId)
    if (!order) return undefined
    const adoption = await adoptOrder(deps, order)
    if (adoption.kind === 'adopted') return adoption.intent
    return context.journal.findByVenueOrderId(venueOrderId)
  }

  function adoptNow(venueOrderId: string): Promise<Intent | undefined> {
    const under = looking.get(venueOrderId)
    if (under) return under
    const work = look(venueOrderId).finally(() => looking.delete(venueOrderId))
    looking.set(venueOrderId, work)
    return work
  }

  return {
    adopt: (venueOrderId) => context.background('adoption_failed', adoptNow(venueOrderId)),
    adoptNow,
  }
}
