import { PermissionError, type Principal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, limitBuy, openWorld, other, trader, viewer } from '../test/desk-world.js'

const admin: Principal = { name: 'root', role: 'admin' }

describe('modes', () => {
  it('can be tightened by any trader, for the account, a product and itself', async () => {
    const { desk } = await openWorld()
    for (const scope of ['account', 'product:BTC-USD', 'agent:local']) {
      const row = await desk.setMode({ principal: trader, scope, mode: 'HALTED', reason: 'test' })
      expect(row).toMatchObject({ scope, mode: 'HALTED', by: 'local' })
    }
    expect(await desk.modes()).toHaveLength(3)
  })

  it('of another agent are not a trader’s business', async () => {
    const { desk } = await openWorld()
    await expect(
      desk.setMode({ principal: other, scope: 'agent:local', mode: 'HALTED', reason: 'test' }),
    ).rejects.toThrow(PermissionError)
  })

  it('cannot be loosened by a trader, step by step or at once', async () => {
    const { desk } = await openWorld()
    await desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    for (const mode of ['REDUCE_ONLY', 'ACTIVE'] as const) {
      await expect(desk.setMode({ principal: trader, scope: 'account', mode, reason: 'test' })).rejects.toThrow(
        PermissionError,
      )
    }
  })

  it.each([approver, admin])('can be loosened by $role', async (principal) => {
    const { desk } = await openWorld()
    await desk.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' })
    expect(await desk.setMode({ principal, scope: 'account', mode: 'ACTIVE', reason: 'checked' })).toMatchObject({
      mode: 'ACTIVE',
      by: principal.name,
    })
  })

  it('cannot be touched by a viewer, and only in scopes that exist', async () => {
    const { desk } = await openWorld()
    await expect(desk.setMode({ principal: viewer, scope: 'account', mode: 'HALTED', reason: 'test' })).rejects.toThrow(
      PermissionError,
    )
    await expect(
      desk.setMode({ principal: approver, scope: 'everything', mode: 'HALTED', reason: 'test' }),
    ).rejects.toThrow(PermissionError)
  })

  it('are told to listeners and written to the audit chain', async () => {
    const { desk, journal } = await openWorld()
    const heard: string[] = []
    desk.listen((event) => {
      if (event.type === 'mode') heard.push(`${event.row.scope} ${event.row.mode}`)
    })
    await desk.setMode({ principal: trader, scope: 'account', mode: 'REDUCE_ONLY', reason: 'test' })
    expect(heard).toEqual(['account REDUCE_ONLY'])
    expect((await journal.auditEntries({ limit: 100 })).at(-1)?.type).toBe('mode')
  })

  it('halt by themselves when the clocks are too far apart', async () => {
    const world = await openWorld()
    world.venue.skewMs = 11_000
    await world.time.advance(1_500)
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'HALTED', by: 'desk' }),
    )
  })

  it('halt by themselves when the lifecycle meets an event that cannot be', async () => {
    const world = await openWorld()
    const apply = world.journal.apply.bind(world.journal)
    world.journal.apply = (id, event, actor) =>
      apply(id, event.type === 'venue_order' ? { type: 'approved', by: 'x' } : event, actor)
    const work = world.desk.place({ principal: trader, terms: limitBuy() })
    await world.time.advance(5_000)
    expect((await work).outcome).toBe('accepted')
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'HALTED', by: 'desk' }),
    )
  })

  it('halt by themselves when the venue has an order that ended here', async () => {
    const world = await openWorld()
    const apply = world.journal.apply.bind(world.journal)
    world.journal.apply = async (id, event, actor, options) => {
      if (event.type === 'acked') {
        await apply(id, { type: 'not_sent', code: 'X', reason: 'a bug' }, actor)
        await apply(id, { type: 'abandoned', reason: 'a bug' }, actor)
      }
      return apply(id, event, actor, options)
    }
    const work = world.desk.place({ principal: trader, terms: limitBuy() })
    await world.time.advance(5_000)
    expect((await work).outcome).toBe('not_sent')
    expect(await world.desk.modes()).toContainEqual(
      expect.objectContaining({ scope: 'account', mode: 'HALTED', by: 'desk' }),
    )
  })
})
