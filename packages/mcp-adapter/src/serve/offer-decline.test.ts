import { PassThrough } from 'node:stream'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Intent } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fakeIntent } from '../../test-support/fake-world.js'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { initialize, serverInfo } from '../../test-support/mcp-wire.js'
import { serveMcpStdio } from '../bind-sdk.js'

type Message = Readonly<Record<string, unknown>>
type Reply = object | undefined

const PAGE = 'http://127.0.0.1:8765/approve/intent-1'

/** A host that declares elicitation and answers it with `reply`; `undefined` never answers. */
async function host(reply: (asked: Message) => Reply, capabilities: object = { elicitation: {} }, url?: string) {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() }, { approvalUrl: () => url })
  const waiting = fakeIntent({
    state: 'AWAITING_APPROVAL',
    needsApproval: true,
    approvalExpiresAtMs: time.nowMs() + 120_000,
  })
  world.desk.intents = [waiting]
  world.desk.answer = () => ({ outcome: 'awaiting_approval', intent: waiting })
  const cancelled: string[] = []
  const cancel = world.desk.cancel.bind(world.desk)
  world.desk.cancel = async (principal: unknown, id: string) => {
    cancelled.push(id)
    return cancel(principal, id)
  }
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  serveMcpStdio({ backend: world.surface, principal: TRADER, serverInfo, stdin, stdout, timers: time })
  const send = (message: object): void => void stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const asked: Message[] = []
  const answers = new Map<unknown, Message>()
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter(Boolean)) {
      const message = JSON.parse(line) as Message
      if (message['method'] === 'elicitation/create') {
        asked.push(message['params'] as Message)
        const result = reply(message)
        if (result) send({ id: message['id'], result })
      } else if (message['id'] !== undefined) answers.set(message['id'], message)
    }
  })
  const answerTo = async (id: number): Promise<Message> => {
    for (let turn = 0; turn < 2_000; turn++) {
      const found = answers.get(id)
      if (found) return found
      await new Promise((resolve) => setImmediate(resolve))
      await time.advance(10)
    }
    throw new Error('no answer')
  }
  send({ id: 1, method: 'initialize', params: { ...initialize.params, protocolVersion: '2025-11-25', capabilities } })
  await answerTo(1)
  send({ method: 'notifications/initialized' })
  const args = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '600' }
  const place = async (): Promise<Message> => {
    send({ id: 2, method: 'tools/call', params: { name: 'place_order', arguments: args } })
    return ((await answerTo(2))['result'] as Message)['structuredContent'] as Message
  }
  return { place, asked, cancelled, world, intentId: waiting.intentId }
}

describe('an order that waits, shown at the keyboard', () => {
  it('is withdrawn when the person declines, and the agent is told', async () => {
    const { place, asked, cancelled, intentId } = await host(() => ({ action: 'decline' }))
    expect(await place()).toMatchObject({ success: false, outcome: 'denied', error: { code: 'APPROVAL_DENIED' } })
    expect(cancelled).toEqual([intentId])
    expect(asked).toHaveLength(1)
    expect(String(asked[0]?.['message'])).toMatch(/BUY BTC-USD \(paper\): order_type MARKET, quote_size 600/)
    expect(asked[0]?.['requestedSchema']).toEqual({ type: 'object', properties: {} })
  })

  it.each([
    ['accepts by itself', { action: 'accept', content: {} }],
    ['accepts without content', { action: 'accept' }],
    ['claims an approval', { action: 'accept', content: { approved: true, code: '123456', decision: 'approved' } }],
    ['dismisses', { action: 'cancel' }],
    ['answers nonsense', { action: 'approve' }],
    ['never answers', undefined],
  ])('is neither approved nor withdrawn by a host that %s', async (_, reply) => {
    const { place, asked, cancelled } = await host(() => reply)
    const answer = await place()
    expect(answer).toMatchObject({ success: false, outcome: 'awaiting_approval', state: 'AWAITING_APPROVAL' })
    expect(answer['next']).toMatch(/tidegate approvals show/)
    expect(asked).toHaveLength(1)
    expect(cancelled).toEqual([])
  })

  it.each([
    ['declares no elicitation', {}, PAGE],
    ['declares only addresses, and there is no page', { elicitation: { url: {} } }, undefined],
  ])('is shown to nobody by a host that %s, and goes on waiting', async (_, capabilities, url) => {
    const { place, asked, cancelled } = await host(() => ({ action: 'decline' }), capabilities, url)
    expect(await place()).toMatchObject({
      outcome: 'awaiting_approval',
      next: expect.stringMatching(/a person has to approve/),
    })
    expect([asked, cancelled]).toEqual([[], []])
  })

  it('comes with the address of its page where the host opens pages, and an id that is no secret', async () => {
    const { place, asked, cancelled } = await host(
      () => ({ action: 'accept' }),
      { elicitation: { url: {}, form: {} } },
      PAGE,
    )
    expect(await place()).toMatchObject({ outcome: 'awaiting_approval', approval_url: PAGE, terms_hash: 'hash' })
    expect(asked).toEqual([
      { mode: 'url', url: PAGE, elicitationId: 'intent-1', message: expect.stringMatching(/its approver logs in/) },
    ])
    expect(cancelled).toEqual([])
  })

  it('is withdrawn by a decline on the way to its page', async () => {
    const { place, cancelled, intentId } = await host(() => ({ action: 'decline' }), { elicitation: { url: {} } }, PAGE)
    expect(await place()).toMatchObject({ outcome: 'denied', error: { code: 'APPROVAL_DENIED' } })
    expect(cancelled).toEqual([intentId])
  })

  it.each([
    ['was approved and is live', { state: 'OPEN' }],
    ['has other terms by now', { termsHash: 'other' }],
  ] as const)('is not touched by a decline when it %s', async (_, change) => {
    const { place, cancelled, world } = await host(() => {
      world.desk.intents = [{ ...(world.desk.intents[0] as Intent), ...change }]
      return { action: 'decline' }
    })
    expect(await place()).toMatchObject({ next: expect.stringMatching(/could not be withdrawn any more/) })
    expect(cancelled).toEqual([])
  })
})
