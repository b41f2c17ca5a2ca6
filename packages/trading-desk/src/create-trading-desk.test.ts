import { describe, expect, it } from 'vitest'
import { during, limitBuy, marketBuy, openWorld, pass, trader } from '../test/desk-world.js'

describe('a desk', () => {
  it('previews with the verdict that placing gives, and records nothing', async () => {
    const world = await openWorld({ policy: { maxOrderValueUsd: '50' } })
    for (const terms of [marketBuy('40'), marketBuy('400')]) {
      const preview = await during(world, world.desk.preview(trader, terms))
      expect(await world.journal.listIntents({ states: ['DENIED', 'RESERVED'] })).toHaveLength(0)
      const placed = await during(world, world.desk.place({ principal: trader, terms }))
      expect(preview.decision.kind).toBe(placed.decision?.kind)
      if (preview.decision.kind === 'denied' && placed.decision?.kind === 'denied') {
        expect(preview.decision.denials).toEqual(placed.decision.denials)
      }
      expect(preview.policyVersion).toBe(world.desk.policy.version)
    }
  })

  it('tells its listeners of every step, and a listener that throws hurts nobody', async () => {
    const world = await openWorld()
    const heard: string[] = []
    world.desk.listen(() => {
      throw new Error('broken listener')
    })
    const stop = world.desk.listen((event) => {
      heard.push(event.type === 'intent' ? event.intent.state : event.type)
    })
    await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect([...new Set(heard)]).toEqual(['RESERVED', 'SUBMITTING', 'ACKED', 'fill', 'FILLED'])
    stop()
    await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(heard.at(-1)).toBe('FILLED')
  })

  it('shows balances and profile as the venue tells them', async () => {
    const world = await openWorld()
    const { balances, asOfMs } = await during(world, world.desk.balances())
    expect(balances.map((balance) => balance.currency)).toEqual(['USD', 'USDC', 'BTC'])
    expect(asOfMs).toBe(world.time.nowMs())
    expect((await during(world, world.desk.profile())).permissions.canTransfer).toBe(false)
  })

  it('keeps the policy it decides by in the journal, beside every decision its input', async () => {
    const world = await openWorld()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(await world.journal.decisionInput(intent?.intentId ?? '')).toContain('"best_bid"')
    const types = (await world.journal.auditEntries({ limit: 100 })).map((entry) => entry.type)
    expect(types).toContain('policy')
  })

  it('does not know an order that neither it nor the venue has', async () => {
    const world = await openWorld()
    expect(await during(world, world.desk.getOrder('00000000-0000-4000-8000-00000000ffff'))).toBeUndefined()
  })

  it('adopts an order from outside when it is asked for by its id', async () => {
    const world = await openWorld({ feed: false })
    const orderId = world.venue.placeOutside(limitBuy())
    expect(await during(world, world.desk.getOrder(orderId))).toMatchObject({ principal: 'external' })
    await pass(world, 1_000)
    expect(await world.desk.listOrders({ states: ['OPEN'] })).toHaveLength(1)
  })
})
