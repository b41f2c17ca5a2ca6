import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { InputError, NotFoundError } from '@tidegate/trading-model'
import { beforeEach, describe, expect, it } from 'vitest'
import { fakeFill, fakeIntent } from '../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../test-support/fake-world-surface.js'

let time: FakeTime
let world: FakeWorld
beforeEach(() => {
  time = new FakeTime()
  world = fakeWorld({ time, log: new MemoryLog() })
})

describe('subscribe', () => {
  it('tells of a change at once, then at most once a second, and of the last one too', async () => {
    const heardAt: number[] = []
    const start = time.nowMs()
    const stop = world.surface.subscribe(TRADER, 'market://ticker/BTC-USD', () => heardAt.push(time.nowMs() - start))
    for (let step = 0; step < 25; step++) {
      await world.market.move('BTC-USD', String(100_000 + step))
      await time.advance(100)
    }
    expect(heardAt).toEqual([0, 1000, 2000])
    await time.advance(1000)
    expect(heardAt).toEqual([0, 1000, 2000, 3000])
    await time.advance(10_000)
    expect(heardAt).toHaveLength(4)
    await world.market.move('BTC-USD', '1')
    expect(heardAt).toHaveLength(5)
    stop()
    await world.market.move('BTC-USD', '2')
    await time.advance(5_000)
    expect(heardAt).toHaveLength(5)
    expect(world.market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it.each([
    ['account://balances', ['intent', 'fill', 'reconciled']],
    ['account://positions', ['intent', 'fill', 'reconciled', 'price']],
    ['order://active', ['intent', 'fill', 'reconciled']],
    ['order://history', ['intent', 'fill', 'reconciled']],
    ['order://status/venue-1', ['intent', 'fill']],
    ['order://status/intent-1', ['intent']],
    ['history://fills', ['fill']],
    ['market://orderbook/BTC-USD', ['price']],
  ] as const)('%s changes with %s and nothing else', async (uri, causes) => {
    const happen: Record<string, () => void | Promise<void>> = {
      intent: () => world.desk.tell({ type: 'intent', intent: fakeIntent() }),
      fill: () => world.desk.tell({ type: 'fill', fill: fakeFill() }),
      reconciled: async () => world.desk.tell({ type: 'reconciled', report: await world.desk.reconcile('test') }),
      mode: async () => world.desk.tell({ type: 'mode', row: (await world.desk.modes())[0]! }),
      price: () => world.market.move('BTC-USD', '5'),
      other: () =>
        world.desk.tell({
          type: 'intent',
          intent: fakeIntent({ intentId: 'x', venueOrderId: 'y', clientOrderId: 'z' }),
        }),
    }
    let heard = 0
    const stop = world.surface.subscribe(TRADER, uri, () => heard++)
    await time.advance(0)
    for (const [cause, act] of Object.entries(happen)) {
      if (cause === 'other' && !uri.startsWith('order://status')) continue
      await time.advance(2_000)
      const before = heard
      await act()
      await time.advance(0)
      expect(heard - before, cause).toBe((causes as readonly string[]).includes(cause) ? 1 : 0)
    }
    stop()
    expect(world.desk.listenerCount).toBe(0)
    for (const set of world.market.watchers.values()) expect(set.size).toBe(0)
  })

  it('opens the venue’s stream for what is followed, and lives without it when that fails', async () => {
    const opened: string[] = []
    const log = new MemoryLog()
    world = fakeWorld(
      { time, log },
      {
        subscribeTicker: async (ids) => {
          opened.push(...ids)
          throw new Error('no stream')
        },
      },
    )
    let heard = 0
    const stop = world.surface.subscribe(TRADER, 'market://ticker/BTC-USD', () => heard++)
    await time.advance(0)
    await world.market.move('BTC-USD', '5')
    expect([opened, heard]).toEqual([['BTC-USD'], 1])
    expect(log.entries.map((entry) => entry.event)).toEqual(['stream_not_opened'])
    stop()
  })

  it('a position watch that was stopped before the positions arrived leaves nothing behind', async () => {
    world.surface.subscribe(TRADER, 'account://positions', () => {})()
    await time.advance(0)
    expect(world.desk.listenerCount).toBe(0)
    expect(world.market.watchers.size).toBe(0)
  })

  it('refuses what does not change live and what does not exist', () => {
    for (const uri of ['market://products', 'account://profile', 'history://transfers', 'market://candles/BTC-USD']) {
      expect(() => world.surface.subscribe(TRADER, uri, () => {}), uri).toThrow(InputError)
    }
    expect(() => world.surface.subscribe(TRADER, 'market://nothing', () => {})).toThrow(NotFoundError)
  })
})

describe('names nobody knows', () => {
  it('are not found, with the list of what exists', async () => {
    await expect(world.surface.callTool(TRADER, 'transfer_everything', {})).rejects.toThrow(/place_order/)
    await expect(world.surface.getPrompt(TRADER, 'get_rich', {})).rejects.toThrow(/analyze_position/)
    await expect(world.surface.readResource(TRADER, 'account://secrets')).rejects.toThrow(/account:\/\/balances/)
  })
})

describe('completion', () => {
  const complete = (kind: 'prompt' | 'resource', name: string, argument: string, value: string) =>
    world.surface.complete(TRADER, { kind, name }, argument, value)

  it('suggests product ids for templates and prompts', async () => {
    expect(await complete('resource', 'market://ticker/{product_id}', 'product_id', 'b')).toEqual(['BTC-USD'])
    expect(
      await complete('resource', 'market://candles/{product_id}{?granularity,count}', 'product_id', 'eth'),
    ).toEqual(['ETH-USD'])
    expect(await complete('prompt', 'analyze_position', 'product_id', '')).toEqual(['BTC-USD', 'ETH-USD', 'TONE-USD'])
    expect(await complete('prompt', 'market_summary', 'product_ids', 'BTC-USD,e')).toEqual(['BTC-USD,ETH-USD'])
  })

  it('suggests order ids, granularities, statuses, sides', async () => {
    world.desk.intents = [fakeIntent(), fakeIntent({ intentId: 'intent-2', venueOrderId: 'abc' })]
    expect(await complete('resource', 'order://status/{order_id}', 'order_id', 'ven')).toEqual(['venue-1'])
    expect(await complete('resource', 'market://candles/{product_id}', 'granularity', '1')).toEqual([
      '1m',
      '15m',
      '1h',
      '1d',
    ])
    expect(await complete('resource', 'order_history', 'status', 'f')).toEqual(['FILLED', 'FAILED'])
    expect(await complete('prompt', 'risk_check', 'side', 's')).toEqual(['SELL'])
  })

  it('suggests nothing for names nobody knows, and nothing the role may not see', async () => {
    expect(await complete('resource', 'market://nothing', 'product_id', '')).toEqual([])
    expect(await complete('prompt', 'risk_check', 'order_id', '')).toEqual([])
    const viewer = { name: 'x', role: 'viewer' as const }
    const ref = { kind: 'resource' as const, name: 'order://status/{order_id}' }
    world.desk.intents = [fakeIntent()]
    expect(await world.surface.complete(viewer, ref, 'order_id', '')).toEqual([])
  })
})
