import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeIntent } from '../../test-support/fake-world.js'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { initialize, serverInfo } from '../../test-support/mcp-wire.js'
import { createMcpHttpHandler } from './serve-http.js'

type Message = Readonly<Record<string, unknown>>

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A 2025-era host over HTTP, in a session, without the stream for notices. It answers what it is asked with `reply`. */
async function host(capabilities: object, reply: object | undefined, url?: string) {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() }, { approvalUrl: () => url })
  const waiting = fakeIntent({
    state: 'AWAITING_APPROVAL',
    needsApproval: true,
    approvalExpiresAtMs: time.nowMs() + 120_000,
  })
  world.desk.intents = [waiting]
  world.desk.answer = () => ({ outcome: 'awaiting_approval', intent: waiting })
  const handler = createMcpHttpHandler({
    backend: world.surface,
    serverInfo,
    timers: time,
    sessionIds: () => 'session-1',
    authenticate: ({ headers }) => (headers.authorization === 'Bearer good' ? TRADER : undefined),
  })
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(async () => {
    const closed = handler.close()
    await time.advance(1_000)
    await closed
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  const { port } = server.address() as AddressInfo
  const asked: Message[] = []

  const post = (message: object, session = true): Promise<Message | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path: '/mcp',
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            authorization: 'Bearer good',
            ...(session ? { 'mcp-session-id': 'session-1' } : {}),
          },
        },
        (response) => {
          let rest = ''
          let last: Message | undefined
          response.setEncoding('utf8').on('data', (chunk: string) => {
            const lines = (rest + chunk).split('\n')
            rest = lines.pop() ?? ''
            for (const line of lines.filter((text) => text.startsWith('data: {'))) {
              const sent = JSON.parse(line.slice(6)) as Message
              if (sent['method'] !== 'elicitation/create') {
                last = sent
                continue
              }
              asked.push(sent['params'] as Message)
              if (reply) void post({ id: sent['id'], result: reply })
            }
          })
          response.on('end', () => resolve(last))
        },
      )
      request.on('error', reject)
      request.end(JSON.stringify({ jsonrpc: '2.0', ...message }))
    })

  await post(
    { id: 1, ...initialize, params: { ...initialize.params, protocolVersion: '2025-11-25', capabilities } },
    false,
  )
  await post({ method: 'notifications/initialized' })
  const args = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '600' }
  const place = async (): Promise<unknown> => {
    let answer: Message | undefined
    const call = post({ id: 2, method: 'tools/call', params: { name: 'place_order', arguments: args } }).then(
      (told) => {
        answer = told
      },
    )
    // The answer waits a few seconds for the person, on a clock that only we move.
    for (let turn = 0; turn < 2_000 && answer === undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (turn > 200) await time.advance(10)
    }
    await call
    return (answer?.['result'] as Message | undefined)?.['structuredContent']
  }
  return { place, asked, desk: world.desk }
}

describe('over HTTP in a session of the 2025 protocol, an order that waits', () => {
  it('is shown on the answer’s own stream to the person, who declines it', async () => {
    const { place, asked, desk } = await host({ elicitation: {} }, { action: 'decline' })
    expect(await place()).toMatchObject({ outcome: 'denied', error: { code: 'APPROVAL_DENIED' } })
    expect(asked).toMatchObject([{ message: expect.stringMatching(/BUY BTC-USD \(paper\)/) }])
    expect(desk.cancelled).toEqual(['intent-1'])
  })

  it('comes with the address of its page where the host opens pages', async () => {
    const page = 'http://127.0.0.1:8765/approve/intent-1'
    const { place, asked, desk } = await host({ elicitation: { url: {} } }, { action: 'accept' }, page)
    expect(await place()).toMatchObject({ outcome: 'awaiting_approval', approval_url: page })
    expect(asked).toMatchObject([{ mode: 'url', url: page, elicitationId: 'intent-1' }])
    expect(desk.cancelled).toEqual([])
  })

  it.each([
    ['accepts by itself', { action: 'accept', content: {} }],
    ['claims an approval', { action: 'accept', content: { approved: true, code: '123456' } }],
    ['dismisses', { action: 'cancel' }],
    ['never answers', undefined],
  ])('is neither approved nor withdrawn by a host that %s', async (_, reply) => {
    const { place, asked, desk } = await host({ elicitation: {} }, reply)
    expect(await place()).toMatchObject({ outcome: 'awaiting_approval', state: 'AWAITING_APPROVAL' })
    expect(asked).toHaveLength(1)
    expect(desk.cancelled).toEqual([])
  })

  it('is shown to nobody by a host that declares nothing', async () => {
    const { place, asked, desk } = await host({}, { action: 'decline' })
    expect(await place()).toMatchObject({ outcome: 'awaiting_approval' })
    expect([asked, desk.cancelled]).toEqual([[], []])
  })
})
