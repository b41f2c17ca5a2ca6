import { StoreError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  marketBuy,
  marketSell,
  openWorld,
  pass,
  trader,
} from '../../test/desk-world.js'

const place = (world: DeskWorld, terms = limitBuy()) => during(world, world.desk.place({ principal: trader, terms }))

/** A store that takes no modes, and everything else. */
function takesNoModes(world: DeskWorld): () => void {
  const setMode = world.journal.setMode.bind(world.journal)
  world.journal.setMode = () => Promise.reject(new StoreError('ERR_STORE_BUSY', 'database is locked'))
  return () => {
    world.journal.setMode = setMode
  }
}

/** Two clocks that are too far apart trip the account within a second. */
async function tripped() {
  const world = await openWorld()
  const resting = await place(world)
  const heal = takesNoModes(world)
  world.venue.skewMs = 11_000
  await world.time.advance(1_500)
  world.venue.skewMs = 0
  return { world, resting, heal }
}

const denials = (result: Awaited<ReturnType<typeof place>>) =>
  result.decision?.kind === 'denied' ? result.decision.denials : []

describe('a trip that the store does not take', () => {
  it('is in force at once all the same, and says why', async () => {
    const { world } = await tripped()
    const sent = world.venue.sent.length
    expect(denials(await place(world, limitBuy('58000')))).toMatchObject([
      { code: 'RISK_HALTED', message: expect.stringMatching(/11000 ms apart .*the store has not taken it/) },
    ])
    expect(world.venue.sent).toHaveLength(sent)
    expect(await world.journal.modes()).toEqual([])
    expect(await world.desk.modes()).toMatchObject([
      { scope: 'account', mode: 'HALTED', by: 'desk', reason: expect.stringContaining('has not taken it') },
    ])
    expect(world.log.entries.filter(({ event }) => event === 'trip_failed')).toHaveLength(1)
  })

  it('lets cancels through', async () => {
    const { world, resting } = await tripped()
    expect(await during(world, world.desk.cancel(trader, resting.intent?.intentId ?? ''))).toMatchObject({
      outcome: 'cancelled',
    })
  })

  it('is written as soon as the store takes it, and told then', async () => {
    const { world, heal } = await tripped()
    const heard: string[] = []
    world.desk.listen((event) => {
      if (event.type === 'mode') heard.push(`${event.row.scope} ${event.row.mode}`)
    })
    await pass(world, 5_000)
    expect(heard).toEqual([])
    heal()
    await pass(world, 1_000)
    expect(await world.journal.modes()).toMatchObject([{ scope: 'account', mode: 'HALTED', by: 'desk' }])
    expect(heard).toEqual(['account HALTED'])
    await pass(world, 5_000)
    expect(heard).toEqual(['account HALTED'])
  })

  it('stops an order that had passed the rules before it', async () => {
    const world = await openWorld()
    takesNoModes(world)
    const recordIntent = world.journal.recordIntent.bind(world.journal)
    world.journal.recordIntent = async (intent) => {
      const result = await recordIntent(intent)
      world.venue.skewMs = 11_000
      await world.time.advance(1_500)
      world.venue.skewMs = 0
      return result
    }
    const result = await place(world)
    expect(result).toMatchObject({ outcome: 'not_sent', intent: { state: 'ABANDONED' } })
    expect(result.intent?.outcomeReason).toContain('ms apart')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('leaves exits where only exits are left', async () => {
    const world = await openWorld({ policy: { maxLossPerDayUsd: '1000', maxPositionSizePct: '90' } })
    await place(world, marketBuy('12000'))
    await pass(world, 1_000)
    takesNoModes(world)
    world.market.setPrice('BTC-USD', '53990', '54010')
    expect(denials(await place(world)).map(({ code }) => code)).toContain('RISK_DAILY_LOSS')
    world.market.setPrice('BTC-USD', '59990', '60010')
    await pass(world, 2_000)
    expect(denials(await place(world, limitBuy('58000'))).map(({ code }) => code)).toContain('RISK_REDUCE_ONLY')
    expect((await place(world, marketSell('0.001'))).outcome).toBe('accepted')
  })

  it('is not loosened by a looser one, nor written over what a person decided', async () => {
    const { world, heal } = await tripped()
    await expect(
      world.desk.setMode({ principal: trader, scope: 'account', mode: 'ACTIVE', reason: 'please' }),
    ).rejects.toThrow(/may tighten/)
    heal()
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'ACTIVE', reason: 'seen' })
    await pass(world, 5_000)
    expect(await world.desk.modes()).toMatchObject([{ mode: 'ACTIVE', by: 'ann' }])
    expect((await place(world, limitBuy('58000'))).outcome).toBe('accepted')
  })

  it('is tried a last time when the desk closes, and a restart pretends nothing', async () => {
    const { world } = await tripped()
    await during(world, world.desk.close())
    expect(world.log.entries.filter(({ event }) => event === 'trip_lost')).toMatchObject([
      { fields: { scope: 'account', mode: 'HALTED' } },
    ])
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    expect(await next.modes()).toEqual([])
  })
})

describe('a halt by a person that the store does not take', () => {
  it('fails with what it is worth: in force here, tried again', async () => {
    const world = await openWorld()
    const heal = takesNoModes(world)
    const halt = world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'smoke' })
    await expect(halt).rejects.toMatchObject({ code: 'ERR_STORE_BUSY', hint: expect.stringContaining('keeps to it') })
    expect(denials(await place(world)).map(({ code }) => code)).toEqual(['RISK_HALTED'])
    heal()
    await pass(world, 1_000)
    expect(await world.journal.modes()).toMatchObject([{ scope: 'account', mode: 'HALTED', by: 'local' }])
  })

  it('holds even when the store does not tell the modes either', async () => {
    const world = await openWorld()
    const heal = takesNoModes(world)
    const modes = world.journal.modes.bind(world.journal)
    world.journal.modes = () => Promise.reject(new StoreError('ERR_STORE_BUSY', 'database is locked'))
    const halt = world.desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'smoke' })
    await expect(halt).rejects.toMatchObject({ code: 'ERR_STORE_BUSY' })
    world.journal.modes = modes
    heal()
    expect(denials(await place(world)).map(({ code }) => code)).toEqual(['RISK_HALTED'])
  })
})
