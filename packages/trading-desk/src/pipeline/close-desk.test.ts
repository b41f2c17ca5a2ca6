import { describe, expect, it } from 'vitest'
import { during, limitBuy, marketBuy, openWorld, pass, trader } from '../../test/desk-world.js'

const settings = { closeWaitMs: 300, submitTimeoutMs: 5_000 }

/** Places an order and closes the desk at its `at`-th call to a port; then a new desk takes over. */
async function closeAt(at: number, fault: 'none' | 'ack_lost' | 'hang') {
  const world = await openWorld({ settings, feed: false })
  let calls = 0
  let closed: Promise<void> | undefined
  const counting = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (++calls === at) closed = desk.close()
          return (value as (...given: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  const desk = world.open({ journal: counting(world.journal), venue: counting(world.venue), settings })
  await during(world, desk.start())
  calls = 0
  world.venue.script.push(fault)
  const placed = desk.place({ principal: trader, terms: limitBuy() }).catch(() => undefined)
  await world.time.advance(0)
  closed ??= desk.close()
  await during(world, closed)
  return { world, placed, calls }
}

describe('closing in flight', () => {
  it.each(['none', 'ack_lost', 'hang'] as const)(
    'at any step (%s) leaves nothing that the next start does not settle, and never a second order',
    async (fault) => {
      const { calls: steps } = await closeAt(Number.MAX_SAFE_INTEGER, fault)
      expect(steps).toBeGreaterThan(8)
      for (let at = 1; at <= steps; at++) {
        const { world, placed } = await closeAt(at, fault)
        const left = (await world.journal.listIntents()).map((intent) => intent.state)
        expect(left, `step ${at}`).not.toContain('SUBMITTING')
        const next = world.open({ settings })
        await during(world, next.start())
        await pass(world, 60_000)
        await during(world, placed)
        expect(world.venue.all().length, `step ${at}`).toBeLessThanOrEqual(1)
        expect(world.venue.mayBeLive.length, `step ${at}`).toBeLessThanOrEqual(1)
        const [intent] = await world.journal.listIntents()
        const shown = world.venue.all()[0]
        const expected = shown ? ['OPEN'] : [undefined, 'ABANDONED', 'NEVER_ACCEPTED', 'DENIED']
        expect(expected, `step ${at}`).toContain(intent?.state)
        expect(intent?.venueOrderId, `step ${at}`).toBe(shown?.orderId)
        await during(world, next.close())
      }
    },
  )

  it('is bounded: a venue that never answers keeps it no longer than the time given', async () => {
    const world = await openWorld({ settings })
    world.venue.script.push('hang')
    void world.desk.place({ principal: trader, terms: marketBuy() }).catch(() => {})
    await world.time.advance(0)
    const begunAtMs = world.time.nowMs()
    await during(world, world.desk.close())
    expect(world.time.nowMs() - begunAtMs).toBeLessThanOrEqual(settings.closeWaitMs + 100)
    expect((await world.journal.listIntents())[0]?.state).toBe('UNKNOWN')
  })

  it('a second time does nothing', async () => {
    const world = await openWorld({ settings })
    await during(world, Promise.all([world.desk.close(), world.desk.close()]))
    expect(world.log.entries.filter((entry) => entry.event === 'desk_closed')).toHaveLength(1)
  })
})
