import type { AccountReader } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, openWorld, pass } from '../../test/desk-world.js'

describe('the opening inventory of several gateways', () => {
  it('is the first that was written: what happened until the last one wrote its own is traded, not brought along', async () => {
    const world = await openWorld({ cold: true, feed: false })
    const { journal, venue } = world
    // This gateway read that there is no inventory, and was held up before it wrote its own.
    let release = (): void => {}
    let isHeld = false
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const account: AccountReader = Object.setPrototypeOf(
      {
        balances: async () => {
          isHeld = true
          await held
          return venue.balances()
        },
      },
      venue,
    )
    const late = world.open({ account, journal: { ...journal, isShared: true } })
    const starting = late.start()
    await pass(world, 1_000)
    expect(isHeld).toBe(true)
    const prompt = world.open({ journal: { ...journal, isShared: true } })
    await during(world, prompt.start())
    await prompt.close()
    await pass(world, 5_000)
    const outside = venue.placeOutside(limitBuy('59000', '0.02'))
    venue.fill(outside)
    await pass(world, 5_000)
    release()
    await during(world, starting)
    await late.close()

    const next = world.open({ journal: { ...journal, isShared: true } })
    await during(world, next.start())
    await pass(world, 40_000)
    expect(await journal.findByVenueOrderId(outside)).toMatchObject({ principal: 'external', state: 'FILLED' })
    expect(await next.modes()).toEqual([])
  })

  it('gives way to what a person accepted later', async () => {
    const world = await openWorld()
    world.venue.move('USD', '-100')
    await during(world, world.desk.reconcile('test'))
    expect(await world.desk.modes()).toMatchObject([{ mode: 'REDUCE_ONLY' }])
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'a fee of the bank' })
    await pass(world, 1_000)
    await world.desk.close()
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    await during(world, next.reconcile('test'))
    expect(await next.modes()).toMatchObject([{ mode: 'ACTIVE' }])
  })
})
