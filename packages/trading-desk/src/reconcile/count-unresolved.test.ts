import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, type DeskWorld, during, limitBuy, openWorld, other, pass, trader } from '../../test/desk-world.js'
import type { TradingDesk } from '../desk.js'

const settings = { haltAtUnknown: 3, proof: slowProof() }

/** Long enough that nothing is proven away while the test counts. */
function slowProof() {
  return { tokenLifetimeMs: 3_600_000, skewMarginMs: 500, processingMs: 1_000, minScans: 3, minSpreadMs: 2_000 }
}

async function lose(world: DeskWorld, prices: readonly string[], desk: TradingDesk = world.desk): Promise<void> {
  for (const price of prices) {
    world.venue.script.push('vanished')
    await during(world, desk.place({ principal: trader, terms: limitBuy(price) }))
  }
}

async function accountMode(world: DeskWorld): Promise<string> {
  return (await world.journal.modes()).find((row) => row.scope === 'account')?.mode ?? 'ACTIVE'
}

describe('orders in doubt', () => {
  it('below the limit leave the account alone', async () => {
    const world = await openWorld({ settings })
    await lose(world, ['59000', '58000'])
    await pass(world, 60_000)
    expect(await accountMode(world)).toBe('ACTIVE')
  })

  it('halt it with the third, whoever sent them and whichever run left them behind', async () => {
    const world = await openWorld({ settings })
    await lose(world, ['59000', '58000'])
    await pass(world, 2_000)
    await world.desk.close()
    const next = world.open({ settings })
    await during(world, next.start())
    await pass(world, 5_000)
    expect(await accountMode(world)).toBe('ACTIVE')
    world.venue.script.push('vanished')
    await during(world, next.place({ principal: other, terms: limitBuy('57000') }))
    await pass(world, 1_000)
    expect(await accountMode(world)).toBe('HALTED')
    expect(world.metrics.samples.filter((sample) => sample.name === 'orders_unknown').at(-1)?.value).toBe(3)
  })

  it('stay counted while the venue cannot be asked at all', async () => {
    const world = await openWorld({ settings })
    await lose(world, ['59000', '58000'])
    world.venue.readsFail = true
    world.venue.script.push('vanished')
    await during(world, world.desk.place({ principal: trader, terms: limitBuy('57000') }))
    await pass(world, 1_000)
    expect(await accountMode(world)).toBe('HALTED')
  })

  it('halt a start whose venue does not answer, from the journal alone', async () => {
    const world = await openWorld({ settings: { ...settings, haltAtUnknown: 100 } })
    await lose(world, ['59000', '58000', '57000'])
    await world.desk.close()
    world.venue.readsFail = true
    world.venue.accountFails = true
    await during(world, world.open({ settings }).start())
    expect(await accountMode(world)).toBe('HALTED')
  })

  it('halt again after somebody resumed with as many still open', async () => {
    const world = await openWorld({ settings })
    await lose(world, ['59000', '58000', '57000'])
    await pass(world, 2_000)
    expect(await accountMode(world)).toBe('HALTED')
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'seen' })
    await pass(world, 15_000)
    expect(await accountMode(world)).toBe('HALTED')
  })

  it('that a crash left and the venue shows at once do not count', async () => {
    const world = await openWorld({ settings, feed: false })
    for (const price of ['59000', '58000', '57000']) {
      world.venue.script.push('hang')
      void world.desk.place({ principal: trader, terms: limitBuy(price) }).catch(() => {})
      await world.time.advance(10)
    }
    expect(world.venue.sent).toHaveLength(3)
    await during(world, world.open({ settings, feed: world.venue }).start())
    expect(await accountMode(world)).toBe('ACTIVE')
    expect((await world.journal.listIntents()).map((intent) => intent.state)).toEqual(['OPEN', 'OPEN', 'OPEN'])
  })

  it.each([0, 1, 2])('count together with edits in doubt: %i orders, the rest edits', async (orders) => {
    const world = await openWorld({ settings, feed: false })
    const resting: string[] = []
    for (const price of ['56000', '55000', '54000'].slice(orders)) {
      const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy(price) }))
      resting.push(intent?.intentId ?? '')
    }
    await lose(world, ['59000', '58000'].slice(0, orders))
    for (const id of resting) {
      expect(await accountMode(world)).toBe('ACTIVE')
      world.venue.editScript.push('vanished')
      await during(world, world.desk.edit({ principal: trader, id, size: new Decimal('0.005') }))
    }
    await pass(world, 2_000)
    expect(await accountMode(world)).toBe('HALTED')
  })
})
