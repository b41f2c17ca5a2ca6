import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Intent, Principal } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeIntent } from '../../test-support/fake-world.js'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { contentOf } from '../../test-support/mcp-wire.js'
import { type Era, openHttp, openStdio, type WireClient } from '../../test-support/transports.js'
import type { CallProgress, JsonObject } from '../backend.js'

const above = { event: 'price', product_id: 'BTC-USD', direction: 'ABOVE', price: '100500' }
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

function world() {
  const time = new FakeTime()
  const made = fakeWorld({ time, log: new MemoryLog() })
  const wait = async (args: JsonObject, principal: Principal = TRADER, signal?: AbortSignal) => {
    const steps: CallProgress[] = []
    const control = { progress: (step: CallProgress) => void steps.push(step), ...(signal ? { signal } : {}) }
    const answer = made.surface.callTool(principal, 'wait_for_event', args, control)
    await settle()
    return { answer: answer.then(({ structured }) => structured as Readonly<Record<string, unknown>>), steps }
  }
  const watchers = () => (made.market.watchers.get('BTC-USD')?.size ?? 0) + made.desk.listenerCount
  const tool = (name: string, args: JsonObject) => made.tool(name, args)
  return { ...made, tool, time, wait, watchers }
}

const waiting = (change: Partial<Intent> = {}): Intent =>
  fakeIntent({ state: 'AWAITING_APPROVAL', needsApproval: true, ...change })

describe('waiting for a price', () => {
  it('answers at once when it is there already, from either side, the level itself included', async () => {
    const { tool, watchers } = world()
    for (const [direction, price] of [
      ['ABOVE', '100000'],
      ['BELOW', '100000'],
      ['ABOVE', '99999.99'],
      ['BELOW', '100000.01'],
    ] as const) {
      const answer = await tool('wait_for_event', { ...above, direction, price })
      expect(answer).toMatchObject({ happened: true, event: 'price', waited_ms: 0, ticker: { price: '100000' } })
      expect(answer).not.toHaveProperty('timed_out')
    }
    expect(watchers()).toBe(0)
  })

  it('answers in the moment the price is reached, with the value that reached it', async () => {
    const { wait, market, time, watchers } = world()
    const { answer } = await wait(above)
    await time.advance(7_000)
    await market.move('BTC-USD', '100499.99')
    await market.move('BTC-USD', '100500')
    await market.move('BTC-USD', '90000')
    expect(await answer).toMatchObject({
      happened: true,
      ticker: { price: '100500' },
      happened_at: expect.any(String) as string,
      waited_ms: 7_000,
    })
    expect(watchers()).toBe(0)
  })

  it('does not take a stale price for a crossing', async () => {
    const { wait, market, time } = world()
    market.stale = true
    const { answer } = await wait({ ...above, price: '1', wait_ms: 1_000 })
    await time.advance(1_000)
    expect(await answer).toMatchObject({ happened: false, timed_out: true, ticker: { stale: true } })
  })

  it('a timeout is a result: what is known, and a cursor under which nothing in between is missed', async () => {
    const { wait, market, time, watchers } = world()
    const { answer } = await wait({ ...above, wait_ms: 50_000 })
    await time.advance(50_000)
    const first = await answer
    expect(first).toMatchObject({
      happened: false,
      timed_out: true,
      waited_ms: 50_000,
      ticker: { price: '100000' },
      cursor: expect.stringMatching(/^w\d+$/) as string,
      next: expect.stringMatching(/same arguments and this cursor/) as string,
    })
    await market.move('BTC-USD', '100501')
    await market.move('BTC-USD', '99000')
    const again = await wait({ ...above, cursor: String(first['cursor']) })
    expect(await again.answer).toMatchObject({ happened: true, ticker: { price: '100501' } })
    expect(watchers()).toBe(0)
  })

  it('says so when a cursor is too old, another’s, or of another wish: then something may have been missed', async () => {
    const { wait, market, time, watchers } = world()
    const timedOut = async () => {
      const { answer } = await wait({ ...above, wait_ms: 0 })
      return String((await answer)['cursor'])
    }
    const stolen = await timedOut()
    const other = await timedOut()
    const old = await timedOut()
    await market.move('BTC-USD', '100501')
    await market.move('BTC-USD', '99000')
    const byThief = await wait({ ...above, cursor: stolen, wait_ms: 0 }, { name: 'thief', role: 'trader' })
    expect(await byThief.answer).toMatchObject({ happened: false, gap: true })
    const another = await wait({ ...above, price: '100502', cursor: other, wait_ms: 0 })
    expect(await another.answer).toMatchObject({ happened: false, gap: true })
    await time.advance(120_000)
    expect(watchers()).toBe(0)
    expect(await (await wait({ ...above, cursor: old, wait_ms: 0 })).answer).toMatchObject({ gap: true })
  })

  it('asks the venue once and then listens', async () => {
    const { wait, market, time } = world()
    let reads = 0
    const ticker = market.ticker.bind(market)
    market.ticker = (productId) => {
      reads++
      return ticker(productId)
    }
    const { answer } = await wait(above)
    await time.advance(30_000)
    await answer
    expect(reads).toBe(1)
  })

  it('keeps a bounded number of watches for each principal', async () => {
    const { wait, watchers } = world()
    for (let call = 0; call < 40; call++) await (await wait({ ...above, wait_ms: 0 })).answer
    expect(watchers()).toBe(16)
  })
})

describe('waiting for an order', () => {
  it.each(['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'] as const)('answers when it is %s', async (state) => {
    const { wait, desk, watchers } = world()
    desk.intents = [fakeIntent()]
    const { answer } = await wait({ event: 'order', order_id: 'venue-1' })
    desk.tell({ type: 'intent', intent: fakeIntent({ intentId: 'another', state: 'FILLED' }) })
    desk.tell({ type: 'intent', intent: fakeIntent({ state: 'OPEN', filledSize: '0.0004', version: 2 }) })
    desk.tell({ type: 'intent', intent: fakeIntent({ state, version: 3 }) })
    expect(await answer).toMatchObject({ happened: true, order: { state, intent_id: 'intent-1' } })
    expect(watchers()).toBe(0)
  })

  it('answers at once for one that is finished, and tells on a timeout how far the other is', async () => {
    const { tool, desk, wait, time } = world()
    desk.intents = [fakeIntent({ state: 'FILLED' })]
    expect(await tool('wait_for_event', { event: 'order', order_id: 'intent-1' })).toMatchObject({ happened: true })
    desk.intents = [fakeIntent({ state: 'UNKNOWN' })]
    const { answer } = await wait({ event: 'order', order_id: 'intent-1' })
    await time.advance(30_000)
    expect(await answer).toMatchObject({
      happened: false,
      timed_out: true,
      order: { state: 'UNKNOWN' },
      next: expect.stringMatching(/Do not place the order again/) as string,
    })
    expect(await answer).not.toHaveProperty('cursor')
  })

  it('sees within seconds what another process wrote to the store, without asking the venue', async () => {
    const { wait, desk, time } = world()
    desk.intents = [fakeIntent()]
    let asked = 0
    const getOrder = desk.getOrder.bind(desk)
    desk.getOrder = (id) => {
      asked++
      return getOrder(id)
    }
    const { answer } = await wait({ event: 'order', order_id: 'intent-1' })
    desk.intents = [fakeIntent({ state: 'CANCELLED', version: 9 })]
    await time.advance(5_000)
    expect(await answer).toMatchObject({ happened: true, order: { state: 'CANCELLED' } })
    expect(asked).toBe(1)
  })

  it('is ORDER_NOT_FOUND for one that does not exist', async () => {
    const { surface } = world()
    const { isError, structured } = await surface.callTool(TRADER, 'wait_for_event', {
      event: 'order',
      order_id: 'nowhere',
    })
    expect([isError, structured]).toMatchObject([true, { error: { code: 'ORDER_NOT_FOUND' } }])
  })
})

describe('waiting for an approval', () => {
  it.each([
    ['approved', { state: 'RESERVED', approvedBy: 'ann' }],
    ['denied', { state: 'APPROVAL_DENIED' }],
    ['expired', { state: 'APPROVAL_EXPIRED' }],
    ['withdrawn', { state: 'CANCELLED' }],
  ] as const)('tells that it is %s', async (decision, change) => {
    const { wait, desk } = world()
    desk.intents = [waiting()]
    const { answer, steps } = await wait({ event: 'approval', order_id: 'intent-1' })
    expect(steps[0]?.message).toMatch(/pending/)
    desk.tell({ type: 'intent', intent: waiting({ ...change, version: 2 }) })
    expect(await answer).toMatchObject({ happened: true, decision })
  })

  it('is not to be had for an order that needs none', async () => {
    const { tool, desk } = world()
    desk.intents = [fakeIntent()]
    expect(await tool('wait_for_event', { event: 'approval', order_id: 'intent-1' })).toMatchObject({
      error: { code: 'ERR_INPUT_INVALID', issues: [{ field: 'order_id', fix: 'wait for event order instead' }] },
    })
  })
})

describe('every wait', () => {
  it('names everything that is wrong with its arguments, and the cure', async () => {
    const { tool } = world()
    const fields = async (args: JsonObject) =>
      ((await tool('wait_for_event', args))['error'] as { issues: { field: string }[] }).issues.map((it) => it.field)
    expect(await fields({})).toEqual(['event'])
    expect(await fields({ event: 'price' })).toEqual(['product_id', 'direction', 'price'])
    expect(await fields({ event: 'price', product_id: 'btc', direction: 'up', price: '-1', wait_ms: 50_001 })).toEqual([
      'wait_ms',
      'product_id',
      'direction',
      'price',
    ])
    expect(await fields({ event: 'order', order_id: 'x', price: '1' })).toEqual(['price'])
    expect(await fields({ event: 'approval' })).toEqual(['order_id'])
  })

  it('is given up at once by its caller, and holds nothing afterwards', async () => {
    const { wait, desk, watchers } = world()
    desk.intents = [fakeIntent()]
    const gone = new AbortController()
    const waits = [
      await wait(above, TRADER, gone.signal),
      await wait({ event: 'order', order_id: 'intent-1' }, TRADER, gone.signal),
    ]
    expect(watchers()).toBe(2)
    gone.abort()
    for (const { answer } of waits) expect(await answer).toMatchObject({ happened: false })
    expect(watchers()).toBe(0)
    const late = await wait(above, TRADER, gone.signal)
    expect(await late.answer).toMatchObject({ happened: false })
  })

  it('of one principal is one of at most eight, and the ninth is told when to come again', async () => {
    const { wait, tool, watchers, time } = world()
    const open = await Promise.all(Array.from({ length: 8 }, () => wait(above)))
    expect(await tool('wait_for_event', above)).toMatchObject({
      error: {
        code: 'ERR_CALL_RATE',
        retry_after_ms: 5_000,
        fix: expect.stringMatching(/let one of them end/) as string,
      },
    })
    const other = await wait({ ...above, wait_ms: 0 }, { name: 'other', role: 'trader' })
    expect(await other.answer).toMatchObject({ happened: false, timed_out: true })
    await time.advance(30_000)
    for (const { answer } of open) expect(await answer).toMatchObject({ timed_out: true })
    expect(await tool('wait_for_event', { ...above, wait_ms: 0 })).toMatchObject({ happened: false })
    await time.advance(120_000)
    expect(watchers()).toBe(0)
  })

  it('tells how far it is, growing, at most every five seconds', async () => {
    const { wait, time } = world()
    const { answer, steps } = await wait({ ...above, wait_ms: 12_000 })
    await time.advance(12_000)
    await answer
    expect(steps.map(({ done, total }) => [done, total])).toEqual([
      [0, 12_000],
      [5_000, 12_000],
      [10_000, 12_000],
    ])
    expect(steps[0]?.message).toBe('BTC-USD is at 100000; waiting for at or above 100500')
  })
})

const transports: readonly (readonly [string, Era, typeof openStdio])[] = [
  ['stdio', '2025', openStdio],
  ['stdio', '2026', openStdio],
  ['HTTP', '2025', openHttp],
  ['HTTP', '2026', openHttp],
]

describe.each(transports)('over %s, the %s era', (_, era, open) => {
  const clients: WireClient[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close()
  })
  const connect = async () => {
    const made = world()
    const client = await open(era, { backend: made.surface, principal: TRADER })
    clients.push(client)
    const until = async (happens: () => boolean): Promise<void> => {
      for (let turn = 0; turn < 5_000 && !happens(); turn++) await settle()
      expect(happens()).toBe(true)
    }
    return { ...made, client, until }
  }
  const call = (extra: object = {}) => ({ name: 'wait_for_event', arguments: { ...above, wait_ms: 50_000 }, ...extra })

  it('sends progress to whoever gave a token, and then the result', async () => {
    const { client, market, time, until, watchers } = await connect()
    const { answer } = client.begin('tools/call', call({ _meta: { progressToken: 'mine' } }))
    await until(() => watchers() === 1)
    await time.advance(5_000)
    await until(() => client.notices.length === 2)
    await market.move('BTC-USD', '100500')
    expect(contentOf(await answer)).toMatchObject({ happened: true, ticker: { price: '100500' } })
    expect(client.notices).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 'mine', progress: 0, total: 50_000 } },
      { method: 'notifications/progress', params: { progressToken: 'mine', progress: 5_000, total: 50_000 } },
    ])
  })

  it('sends no progress to whoever gave none', async () => {
    const { client, market, time, until, watchers } = await connect()
    const { answer } = client.begin('tools/call', call())
    await until(() => watchers() === 1)
    await time.advance(5_000)
    await market.move('BTC-USD', '100500')
    expect(contentOf(await answer)).toMatchObject({ happened: true })
    expect(client.notices).toEqual([])
  })

  it('lets go when the caller takes the call back', async () => {
    const { client, until, watchers } = await connect()
    const { answer, cancel } = client.begin('tools/call', call())
    answer.catch(() => {})
    await until(() => watchers() === 1)
    cancel()
    await until(() => watchers() === 0)
  })

  it('lets go when serving ends', async () => {
    const { client, until, watchers } = await connect()
    const { answer } = client.begin('tools/call', call())
    answer.catch(() => {})
    await until(() => watchers() === 1)
    await Promise.all([client.close(), until(() => watchers() === 0)])
  })
})
