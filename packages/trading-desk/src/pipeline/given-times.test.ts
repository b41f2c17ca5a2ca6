import { IdempotencyConflictError, type OrderTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, trader } from '../../test/desk-world.js'

const ending = (endTimeMs: number): OrderTerms => ({ ...limitBuy(), timeInForce: 'GTD', endTimeMs }) as OrderTerms

describe('an order whose end the clock gave', () => {
  it.each([['k'], [undefined]])(
    'said again a moment later is the first order with the end that one has (key %s)',
    async (key) => {
      const world = await openWorld()
      const place = (endTimeMs: number) =>
        during(
          world,
          world.desk.place({
            principal: trader,
            terms: ending(endTimeMs),
            givenTimes: ['end'],
            ...(key === undefined ? {} : { key }),
          }),
        )
      const first = await place(2e12)
      const again = await place(2e12 + 700)
      expect(again).toMatchObject({ duplicateOf: first.intent?.intentId, intent: { terms: { endTimeMs: 2e12 } } })
      expect(world.venue.sent).toHaveLength(1)
    },
  )

  it('is another order than one that names its end: the key of the first does not stand for it', async () => {
    const world = await openWorld()
    const order = { principal: trader, terms: ending(2e12), key: 'k' }
    await during(world, world.desk.place({ ...order, givenTimes: ['end'] }))
    await expect(during(world, world.desk.place(order))).rejects.toThrow(IdempotencyConflictError)
  })

  it('is taken for a repeat under another key too, as long as that is no wish of its own', async () => {
    const world = await openWorld()
    const place = (key: string, endTimeMs: number) =>
      during(world, world.desk.place({ principal: trader, terms: ending(endTimeMs), key, givenTimes: ['end'] }))
    await place('a', 2e12)
    expect(await place('b', 2e12 + 700)).toMatchObject({
      outcome: 'denied',
      decision: { denials: [{ code: 'RISK_DUPLICATE_ORDER' }] },
    })
  })
})
