import { FakeTime, MemoryLog, SeededRandom } from '@tidegate/testkit'
import type { Intent, Principal } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeIntent } from '../../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import type { Answer } from '../../test-support/mcp-wire.js'
import { openHttp, openStdio, type WireClient } from '../../test-support/transports.js'
import type { JsonObject } from '../backend.js'
import { createOpenQuestions } from './open-questions.js'

const PAGE = 'https://tide.test/approve/intent-1'
const order = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '600' }
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const OTHER: Principal = { name: 'other', role: 'trader' }

const clients: WireClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

type Transport = 'stdio' | 'HTTP'

/** A desk on which every order waits, behind a server that can ask in the 2026 protocol, and clients of it. */
function bench(transport: Transport, url?: string) {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() }, { approvalUrl: () => url })
  const questions = createOpenQuestions({ clock: time, random: new SeededRandom(7) })
  let count = 0
  world.desk.answer = () => {
    const intentId = `intent-${++count}`
    const intent = fakeIntent({
      intentId,
      state: 'AWAITING_APPROVAL',
      needsApproval: true,
      termsHash: `hash-of-${intentId}`,
      approvalExpiresAtMs: time.nowMs() + 120_000,
    })
    world.desk.intents.push(intent)
    return { outcome: 'awaiting_approval', intent }
  }
  const connect = async (principal: Principal = TRADER, asked: object | null = {}, era: '2025' | '2026' = '2026') => {
    const open = transport === 'stdio' ? openStdio : openHttp
    const client = await open(era, { backend: world.surface, principal, questions })
    clients.push(client)
    const _meta = { [CAPABILITIES]: asked === null ? {} : { elicitation: asked } }
    const call = (name: string, more: object = {}, args: JsonObject = order): Promise<Answer> =>
      client.ask('tools/call', { name, arguments: args, ...(era === '2026' ? { _meta } : {}), ...more })
    return { call, place: (more?: object, args?: JsonObject) => call('place_order', more, args) }
  }
  return { time, world, connect }
}

const stateIn = (answer: Answer): string => String(answer.result?.['requestState'])
const answerOf = (requestState: string, answer: object | undefined) => ({
  requestState,
  ...(answer === undefined ? {} : { inputResponses: { order: answer } }),
})
const DECLINE = { action: 'decline' }
const shown = (answer: Answer): unknown => answer.result?.['structuredContent']
const change = ({ desk }: FakeWorld, terms: Partial<Intent>): void => {
  desk.intents = desk.intents.map((intent) => ({ ...intent, ...terms }))
}

describe.each(['stdio', 'HTTP'] as const)('over %s, the 2026 protocol', (transport) => {
  it('puts an order that waits to the person, who declines it: withdrawn once, and never placed again', async () => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const asked = await place()
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        order: {
          method: 'elicitation/create',
          params: { mode: 'form', requestedSchema: { type: 'object', properties: {} } },
        },
      },
    })
    expect(JSON.stringify(asked)).toMatch(/BUY BTC-USD \(paper\): order_type MARKET, quote_size 600/)
    expect(stateIn(asked)).toMatch(/^[\w-]{43}$/)
    const told = await place(answerOf(stateIn(asked), DECLINE))
    expect(shown(told)).toMatchObject({ success: false, outcome: 'denied', error: { code: 'APPROVAL_DENIED' } })
    expect(world.desk.cancelled).toEqual(['intent-1'])
    expect(world.desk.placed).toHaveLength(1)
  })

  it.each([
    ['accepts', { action: 'accept', content: {} }],
    ['claims an approval', { action: 'accept', content: { approved: true, decision: 'approved', code: '123456' } }],
    ['dismisses', { action: 'cancel' }],
    ['answers nonsense', { action: 'approve' }],
    ['wraps its answer', { method: 'elicitation/create', result: DECLINE }],
    ['answers nothing', undefined],
  ])('neither approves nor withdraws what a host %s', async (_, answer) => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const told = await place(answerOf(stateIn(await place()), answer))
    expect(shown(told)).toMatchObject({ outcome: 'awaiting_approval', state: 'AWAITING_APPROVAL', success: false })
    expect([world.desk.cancelled, world.desk.placed.length, world.desk.intents[0]?.state]).toEqual([
      [],
      1,
      'AWAITING_APPROVAL',
    ])
  })

  it('takes a state once: what was accepted is not declined with it afterwards, nor declined twice', async () => {
    for (const first of [{ action: 'accept' }, DECLINE]) {
      const { connect, world } = bench(transport)
      const { place } = await connect()
      const state = stateIn(await place())
      await place(answerOf(state, first))
      const before = [...world.desk.cancelled]
      expect((await place(answerOf(state, DECLINE))).error).toMatchObject({ code: -32602 })
      expect([world.desk.cancelled, world.desk.placed.length]).toEqual([before, 1])
    }
  })

  it('takes no state of somebody else, who loses nothing by the try', async () => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const state = stateIn(await place())
    const other = await connect(OTHER)
    const tried = await other.place(answerOf(state, DECLINE))
    expect(tried.error).toMatchObject({ code: -32602, message: expect.stringMatching(/Nothing was placed or changed/) })
    expect([world.desk.cancelled, world.desk.placed.length]).toEqual([[], 1])
    await place(answerOf(state, DECLINE))
    expect(world.desk.cancelled).toEqual(['intent-1'])
  })

  it('takes no state that was made up, changed, or of another call or tool, and places nothing for it', async () => {
    const { connect, world } = bench(transport)
    const { place, call } = await connect()
    const state = stateIn(await place())
    const flipped = `${state.startsWith('A') ? 'B' : 'A'}${state.slice(1)}`
    for (const forged of [flipped, state.slice(0, -1), `${state} `, '', 'A'.repeat(43), '__proto__', 'intent-1']) {
      expect([forged, (await place(answerOf(forged, DECLINE))).error?.code]).toEqual([forged, -32602])
    }
    expect((await call('cancel_order', answerOf(state, DECLINE), { order_id: 'intent-1' })).error?.code).toBe(-32602)
    expect((await place(answerOf(state, DECLINE), { ...order, quote_size: '601' })).error?.code).toBe(-32602)
    // That last one was a try with the real state, which is used up by it.
    expect((await place(answerOf(state, DECLINE))).error?.code).toBe(-32602)
    expect([world.desk.cancelled, world.desk.placed.length]).toEqual([[], 1])
  })

  it('takes the same arguments in another order for the same call', async () => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const turned = Object.fromEntries(Object.entries(order).reverse())
    await place(answerOf(stateIn(await place()), DECLINE), turned)
    expect(world.desk.cancelled).toEqual(['intent-1'])
  })

  it('takes no answer after the order’s time is over', async () => {
    for (const [late, code] of [
      [119_999, undefined],
      [120_000, -32602],
    ] as const) {
      const { connect, world, time } = bench(transport)
      const { place } = await connect()
      const state = stateIn(await place())
      await time.advance(late)
      expect((await place(answerOf(state, DECLINE))).error?.code).toBe(code)
      expect(world.desk.cancelled).toHaveLength(code === undefined ? 1 : 0)
    }
  })

  it.each([
    ['is live meanwhile', { state: 'OPEN', venueOrderId: 'venue-9' }, 'accepted'],
    ['was denied meanwhile', { state: 'APPROVAL_DENIED' }, 'denied'],
    ['is in doubt meanwhile', { state: 'UNKNOWN' }, 'unknown'],
  ] as const)('lets a late decline alone when the order %s, and says so', async (_, terms, outcome) => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const state = stateIn(await place())
    change(world, terms)
    const told = await place(answerOf(state, DECLINE))
    expect(shown(told)).toMatchObject({
      outcome,
      state: terms.state,
      next: expect.stringMatching(/could not be withdrawn/),
    })
    expect([world.desk.cancelled, world.desk.placed.length]).toEqual([[], 1])
  })

  it('lets a decline of other terms than those shown alone', async () => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const state = stateIn(await place())
    change(world, { termsHash: 'other' })
    await place(answerOf(state, DECLINE))
    expect(world.desk.cancelled).toEqual([])
  })

  it('tells what became of an order that was decided while the person was asked', async () => {
    const { connect, world } = bench(transport)
    const { place } = await connect()
    const state = stateIn(await place())
    change(world, { state: 'FILLED', filledSize: '0.001' })
    const told = await place(answerOf(state, { action: 'accept' }))
    expect(shown(told)).toMatchObject({ success: true, outcome: 'accepted', state: 'FILLED', filled_size: '0.001' })
    expect(shown(told)).not.toHaveProperty('needs_approval')
  })

  it('offers the page by its address alone, and a decline there withdraws as well', async () => {
    const { connect, world } = bench(transport, PAGE)
    const { place } = await connect(TRADER, { url: {}, form: {} })
    const asked = await place()
    expect(asked.result?.['inputRequests']).toEqual({
      order: { method: 'elicitation/create', params: { mode: 'url', url: PAGE, message: expect.any(String) } },
    })
    await place(answerOf(stateIn(asked), DECLINE))
    expect(world.desk.cancelled).toEqual(['intent-1'])
  })

  it.each([
    ['no elicitation', null, PAGE],
    ['addresses only, without a page of ours', { url: {} }, undefined],
  ])('asks nothing of a client that declares %s: the order waits and says for whom', async (_, asked, url) => {
    const { connect, world } = bench(transport, url)
    const { place } = await connect(TRADER, asked)
    const told = await place()
    expect(shown(told)).toMatchObject({ outcome: 'awaiting_approval', next: expect.stringMatching(/person has to/) })
    expect(world.desk.cancelled).toEqual([])
  })
})

describe('over HTTP, the 2025 protocol', () => {
  it('without a session asks nobody: a call comes by itself, says nothing of its client and has no way back', async () => {
    const { connect, world } = bench('HTTP', PAGE)
    const { place } = await connect(TRADER, { form: {}, url: {} }, '2025')
    expect(shown(await place())).toMatchObject({
      outcome: 'awaiting_approval',
      approval_url: PAGE,
      next: expect.stringMatching(/a person has to approve/),
    })
    expect(world.desk.cancelled).toEqual([])
    expect(world.desk.intents[0]?.state).toBe('AWAITING_APPROVAL')
  })
})

describe('questions that are open', () => {
  const args = { size: '1' }
  const question = (intentId: string, expiresAtMs: number) =>
    ({ intentId, termsHash: 'h', message: 'm', expiresAtMs, placed: { isError: false, structured: {} } }) as const

  it('about the same order replace each other', () => {
    const time = new FakeTime()
    const questions = createOpenQuestions({ clock: time, random: new SeededRandom(1) })
    const first = questions.open(question('a', time.nowMs() + 1), 'local', args) ?? ''
    const second = questions.open(question('a', time.nowMs() + 1), 'local', args) ?? ''
    expect(questions.take(first, 'local', args)).toBeUndefined()
    expect(questions.take(second, 'local', args)).toMatchObject({ intentId: 'a' })
  })

  it('are few for each and few in all, and make room when they are over', async () => {
    const time = new FakeTime()
    const questions = createOpenQuestions({ clock: time, random: new SeededRandom(1) })
    const open = (name: string, id: string) => questions.open(question(id, time.nowMs() + 1_000), name, args)
    const count = (name: string, tries: number) =>
      Array.from({ length: tries }, (_, index) => open(name, `${name} ${index}`)).filter((handle) => handle).length
    expect(count('greedy', 40)).toBe(16)
    const others = Array.from({ length: 20 }, (_, index) => count(`other ${index}`, 16))
    expect(others.reduce((sum, held) => sum + held, 0)).toBe(256 - 16)
    await time.advance(1_000)
    expect(count('greedy', 40)).toBe(16)
    expect(questions.open(question('late', time.nowMs()), 'local', args)).toBeUndefined()
  })
})
