import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'

describe('an edit that came true', () => {
  it.each(['none', 'ack_lost', 'late'] as const)(
    'is told of once, with the order it changed, whoever sees it first (%s)',
    async (fault) => {
      const world = await openWorld()
      const placed = await during(world, world.desk.place({ principal: trader, terms: limitBuy('59000', '0.1') }))
      const orderId = placed.intent?.venueOrderId ?? ''
      world.venue.editScript.push(fault)
      const limitPrice = new Decimal('59500')
      const edit = world.desk.edit({ principal: trader, id: orderId, limitPrice, waitMs: 10_000 })
      // Resolver, tracker and reconciliations look at the same moment.
      const looks = [0, 1, 2].map(() => world.desk.reconcile('test'))
      await during(world, Promise.all([edit, ...looks]))
      await during(world, world.desk.reconcile('test'))
      await pass(world, 60_000)
      const told = world.log.entries.filter((entry) => entry.event === 'edit_applied')
      expect(told.map((entry) => entry.fields['order_id'])).toEqual([orderId])
      const edits = world.log.entries.filter((entry) => entry.event.startsWith('edit_') && 'order_id' in entry.fields)
      for (const entry of edits) expect(entry.fields['order_id'], entry.event).toBe(orderId)
      expect(world.metrics.samples.filter((sample) => sample.name === 'orders_edited_total')).toHaveLength(1)
    },
  )
})
