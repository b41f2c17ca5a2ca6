import { describe, expect, it } from 'vitest'
import { during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'

/** A desk whose process is stopped in front of one of its calls, and woken later: it knows nothing of the time between. */
async function stoppedBefore(call: 'beginSubmit' | 'submit', sleepMs: number) {
  const world = await openWorld({ feed: false })
  let wake: () => void = () => {}
  const woken = new Promise<void>((resolve) => {
    wake = resolve
  })
  if (call === 'beginSubmit') {
    const begin = world.journal.beginSubmit.bind(world.journal)
    world.journal.beginSubmit = async (...args) => {
      await woken
      return begin(...args)
    }
  } else {
    const submit = world.venue.submit.bind(world.venue)
    let isFirst = true
    world.venue.submit = async (ticket) => {
      if (isFirst) await woken
      isFirst = false
      return submit(ticket)
    }
  }
  const placed = world.desk.place({ principal: trader, terms: limitBuy() })
  placed.catch(() => {})
  await world.time.advance(10)
  await pass(world, sleepMs)
  return { world, placed, wake }
}

describe.each([1_000, 60_000, 600_000])('an owner stopped for %i ms', (sleepMs) => {
  it('before transaction 2 is refused by the fence when another has taken over, and sends nothing ever again', async () => {
    const { world, placed, wake } = await stoppedBefore('beginSubmit', sleepMs)
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    wake()
    const { outcome, intent } = await during(world, placed)
    expect(outcome).toBe('not_sent')
    expect(world.venue.sent).toEqual([])
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('ABANDONED')
    expect(world.desk.readiness()).toEqual({ ready: false, reason: 'another process owns the store now' })
    await expect(world.desk.place({ principal: trader, terms: limitBuy('58000') })).rejects.toThrow(/may not send/)
    await pass(world, 60_000)
    expect(world.venue.sent).toEqual([])
  })

  it('before it signs sends nothing late: the ticket is void, and the order is not sent twice', async () => {
    const { world, placed, wake } = await stoppedBefore('submit', sleepMs)
    const next = world.open({ journal: world.journal.reopen() })
    await during(world, next.start())
    wake()
    await during(world, placed)
    await pass(world, 120_000)
    const signWithinMs = 3_000
    expect(world.venue.sent).toHaveLength(sleepMs > signWithinMs ? 0 : 1)
    const [intent] = await world.journal.listIntents()
    expect(intent?.state).toBe(sleepMs > signWithinMs ? 'NEVER_ACCEPTED' : 'OPEN')
    expect(world.venue.all()).toHaveLength(sleepMs > signWithinMs ? 0 : 1)
  })

  it('with nobody else there goes on by the rules: what is late is given up', async () => {
    const { world, placed, wake } = await stoppedBefore('submit', sleepMs)
    wake()
    const { outcome } = await during(world, placed)
    await pass(world, 120_000)
    expect(world.venue.all().length).toBeLessThanOrEqual(1)
    expect(outcome === 'accepted').toBe(world.venue.all().length === 1)
  })
})
