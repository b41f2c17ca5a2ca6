import { PassThrough } from 'node:stream'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { HomeOwnedError, NotReadyError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fakeIntent } from '../test-support/fake-world.js'
import { fakeWorld, TRADER } from '../test-support/fake-world-surface.js'
import {
  type Answer,
  contentOf,
  initialize,
  listOf,
  marketBuy,
  modernMeta,
  serverInfo,
} from '../test-support/mcp-wire.js'
import type { SurfaceBackend } from './backend.js'
import { type McpStdioOptions, serveMcpStdio } from './bind-sdk.js'

type Message = Readonly<Record<string, unknown>>

/** A client that writes bare JSON lines and waits for messages, not for time. */
function lineClient(options: Partial<McpStdioOptions> = {}) {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() })
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const server = serveMcpStdio({ backend: world.surface, principal: TRADER, serverInfo, stdin, stdout, ...options })
  const messages: Message[] = []
  const waiters: { matches: (message: Message) => boolean; resolve: (message: Message) => void }[] = []
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk
    for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
      const message = JSON.parse(rest.slice(0, at)) as Message
      rest = rest.slice(at + 1)
      messages.push(message)
      for (const waiter of waiters.splice(0)) {
        if (waiter.matches(message)) waiter.resolve(message)
        else waiters.push(waiter)
      }
    }
  })
  const waitFor = (matches: (message: Message) => boolean): Promise<Message> => {
    const found = messages.find(matches)
    return found ? Promise.resolve(found) : new Promise((resolve) => waiters.push({ matches, resolve }))
  }
  let id = 0
  const send = (message: object): void => {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  const ask = async (method: string, params: object = {}): Promise<Answer> => {
    const mine = ++id
    send({ id: mine, method, params })
    return (await waitFor((message) => message['id'] === mine)) as Answer
  }
  return { ...world, time, stdin, stdout, server, messages, waitFor, send, ask }
}

async function legacyClient(options: Partial<McpStdioOptions> = {}) {
  const client = lineClient(options)
  const opened = await client.ask(initialize.method, initialize.params)
  client.send({ method: 'notifications/initialized' })
  return { ...client, opened }
}

function modernClient(options: Partial<McpStdioOptions> = {}) {
  const client = lineClient(options)
  return {
    ...client,
    ask: (method: string, params: object = {}) => client.ask(method, { ...params, _meta: modernMeta }),
  }
}

const eras = [
  ['2025', async (options?: Partial<McpStdioOptions>) => legacyClient(options)],
  ['2026', async (options?: Partial<McpStdioOptions>) => modernClient(options)],
] as const
describe.each(eras)('over stdio, the %s era', (era, open) => {
  it('lists tools, resources, templates and prompts', async () => {
    const client = await open()
    const tools = listOf(await client.ask('tools/list'), 'tools')
    expect(tools.map((tool) => tool.name)).toContain('place_order')
    expect(tools).toHaveLength(15)
    expect(tools[0]).toMatchObject({
      title: 'Place order',
      inputSchema: { type: 'object', required: ['product_id', 'side', 'order_type'] },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      outputSchema: { type: 'object' },
    })
    expect((await client.ask('resources/list')).result?.['resources']).toHaveLength(8)
    expect((await client.ask('resources/templates/list')).result?.['resourceTemplates']).toHaveLength(6)
    expect((await client.ask('prompts/list')).result?.['prompts']).toHaveLength(4)
  })

  it('calls a tool: structured content and the same JSON as text', async () => {
    const client = await open()
    const { result } = await client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    expect(result?.['structuredContent']).toMatchObject({ success: true, outcome: 'accepted', order_id: 'venue-1' })
    expect(result?.['content']).toEqual([{ type: 'text', text: JSON.stringify(result?.['structuredContent']) }])
    expect(result?.['isError']).toBeFalsy()
  })

  it('an error of a tool is isError with JSON text and no structured content, which old clients reject', async () => {
    const client = await open()
    const { result } = await client.ask('tools/call', {
      name: 'place_order',
      arguments: { ...marketBuy, quote_size: 10 },
    })
    expect(result?.['isError']).toBe(true)
    expect(result).not.toHaveProperty('structuredContent')
    expect(contentOf({ result: result ?? {} })).toMatchObject({ success: false, error: { code: 'ERR_INPUT_INVALID' } })
    expect(client.desk.placed).toEqual([])
  })

  it('an unknown tool, resource and prompt are errors of the protocol', async () => {
    const client = await open()
    const tool = await client.ask('tools/call', { name: 'withdraw', arguments: {} })
    expect(tool.error).toMatchObject({ code: -32602, message: expect.stringContaining('place_order') })
    const resource = await client.ask('resources/read', { uri: 'account://secrets' })
    expect(resource.error).toMatchObject({ code: -32602, data: { uri: 'account://secrets' } })
    expect(resource.error?.message).toContain('account://balances')
    expect((await client.ask('prompts/get', { name: 'get_rich' })).error).toMatchObject({ code: -32602 })
    const product = await client.ask('resources/read', { uri: 'market://ticker/NOPE-USD' })
    expect(product.error?.message).toMatch(/^PRODUCT_NOT_FOUND/)
    const query = await client.ask('resources/read', { uri: 'market://candles/BTC-USD?count=999' })
    expect(query.error).toMatchObject({
      code: -32602,
      data: { code: 'ERR_INPUT_INVALID', issues: [{ field: 'count' }] },
    })
  })

  it('reads resources, fills prompts, completes arguments', async () => {
    const client = await open()
    const read = await client.ask('resources/read', { uri: 'market://candles/BTC-USD?count=2&granularity=1d' })
    expect(read.result).toMatchObject({
      contents: [{ uri: 'market://candles/BTC-USD?count=2&granularity=1d', mimeType: 'application/json' }],
    })
    expect(JSON.stringify(read.result)).toContain('\\"count\\":2')
    const prompt = await client.ask('prompts/get', { name: 'analyze_position', arguments: { product_id: 'BTC-USD' } })
    expect(JSON.stringify(prompt.result)).toContain('Unrealized P&L')
    const done = await client.ask('completion/complete', {
      ref: { type: 'ref/resource', uri: 'market://ticker/{product_id}' },
      argument: { name: 'product_id', value: 'E' },
    })
    expect(done.result?.['completion']).toMatchObject({ values: ['ETH-USD'], hasMore: false })
  })

  it('tells of changes of what was subscribed to, once a second at most, until it is unsubscribed', async () => {
    const client = await open()
    const uri = 'market://ticker/BTC-USD'
    if (era === '2025') expect((await client.ask('resources/subscribe', { uri })).result).toBeDefined()
    else {
      const resourceSubscriptions = [uri, 'account://nothing', 'market://products']
      const params = { _meta: modernMeta, notifications: { resourceSubscriptions } }
      client.send({ id: 'sub', method: 'subscriptions/listen', params })
      const acknowledged = 'notifications/subscriptions/acknowledged'
      const { params: honoured } = await client.waitFor((message) => message['method'] === acknowledged)
      expect(honoured).toMatchObject({ notifications: { resourceSubscriptions: [uri] } })
    }
    await client.time.advance(0)
    const updates = () => client.messages.filter((message) => message['method'] === 'notifications/resources/updated')
    for (let step = 0; step < 21; step++) {
      await client.market.move('BTC-USD', String(step + 1))
      await client.time.advance(100)
    }
    expect(updates().map((message) => (message['params'] as { uri: string }).uri)).toEqual([uri, uri, uri])
    if (era === '2025') await client.ask('resources/unsubscribe', { uri })
    else client.send({ method: 'notifications/cancelled', params: { requestId: 'sub' } })
    await client.ask('tools/list')
    await client.time.advance(5_000)
    const before = updates().length
    await client.market.move('BTC-USD', '7')
    await client.time.advance(5_000)
    expect(updates()).toHaveLength(before)
    expect(client.market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('lets an order go on when the client leaves in the middle of it', async () => {
    let finish: () => void = () => {}
    let finished = false
    const client = await open()
    client.desk.answer = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      finished = true
      return { outcome: 'accepted', intent: fakeIntent() }
    }
    client.send({
      id: 99,
      method: 'tools/call',
      params: { name: 'place_order', arguments: marketBuy, ...(era === '2026' ? { _meta: modernMeta } : {}) },
    })
    while (client.desk.placed.length === 0) await client.time.advance(0)
    client.stdin.destroy()
    await client.server.closed
    finish()
    await client.time.advance(0)
    expect(finished).toBe(true)
  })

  it('answers what is under way before it closes, when the client only closed its input', async () => {
    const time = new FakeTime()
    let finish: () => void = () => {}
    const client = await open({ timers: time })
    client.desk.answer = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { outcome: 'accepted', intent: fakeIntent() }
    }
    const answer = client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    while (client.desk.placed.length === 0) await client.time.advance(0)
    client.stdin.end()
    await client.time.advance(0)
    finish()
    expect((await answer).result?.['structuredContent']).toMatchObject({ success: true })
    await client.server.closed
  })

  it('does not wait longer than its patience for an answer', async () => {
    const time = new FakeTime()
    const client = await open({ timers: time, drainMs: 500 })
    client.desk.answer = () => new Promise(() => {})
    client.send({
      id: 99,
      method: 'tools/call',
      params: { name: 'place_order', arguments: marketBuy, ...(era === '2026' ? { _meta: modernMeta } : {}) },
    })
    while (client.desk.placed.length === 0) await client.time.advance(0)
    client.stdin.end()
    await time.advance(500)
    await client.server.closed
  })
})

describe('over stdio', () => {
  it('answers initialize and the lists while the backend is still opening', async () => {
    let opened = 0
    const never = (): Promise<SurfaceBackend> => {
      opened++
      return new Promise(() => {})
    }
    const legacy = await legacyClient({ backend: never, instructions: 'be careful' })
    expect(legacy.opened.result).toMatchObject({
      protocolVersion: '2025-06-18',
      serverInfo,
      instructions: 'be careful',
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} },
    })
    expect((await legacy.ask('tools/list')).result?.['tools']).toHaveLength(15)
    const modern = modernClient({ backend: never })
    expect((await modern.ask('server/discover')).result).toMatchObject({ supportedVersions: ['2026-07-28'] })
    expect(opened).toBe(0)
  })

  it('asks for the backend once, keeps it, and asks again after a failure', async () => {
    let asked = 0
    const client = await legacyClient({
      backend: async () => {
        asked++
        if (asked === 1) throw new HomeOwnedError('Another process owns this home')
        return fakeWorld({ time: new FakeTime(), log: new MemoryLog() }).surface
      },
    })
    const first = await client.ask('tools/call', { name: 'get_account', arguments: {} })
    expect(JSON.stringify(first.result)).toContain('ERR_HOME_OWNED')
    expect(first.result?.['isError']).toBe(true)
    for (let call = 0; call < 3; call++) {
      expect((await client.ask('tools/call', { name: 'get_account', arguments: {} })).result?.['isError']).toBeFalsy()
    }
    expect(asked).toBe(2)
  })

  it.each([
    ['its answer was lost', new Error('the connection broke')],
    ['nobody answered in time', new NotReadyError('The gateway did not answer', { hint: 'Try again' })],
  ])('an order handed to another process is in doubt when %s', async (_name, error) => {
    const lost: SurfaceBackend = {
      ...fakeWorld({ time: new FakeTime(), log: new MemoryLog() }).surface,
      callTool: () => Promise.reject(error),
    }
    const client = await legacyClient({ backend: lost })
    const placed = contentOf(await client.ask('tools/call', { name: 'place_order', arguments: marketBuy }))
    expect(placed).toMatchObject({ success: false, outcome: 'unknown', error: { retry: 'reconcile' } })
    expect(JSON.stringify(placed)).toMatch(/Do not place it again/)
    expect(JSON.stringify(placed)).not.toMatch(/Try again/)
    const read = contentOf(await client.ask('tools/call', { name: 'get_account', arguments: {} }))
    expect(read).not.toHaveProperty('outcome')
  })

  it('an order for which no gateway could be opened is surely not placed', async () => {
    const client = await legacyClient({ backend: () => Promise.reject(new HomeOwnedError('Another process owns it')) })
    const placed = contentOf(await client.ask('tools/call', { name: 'place_order', arguments: marketBuy }))
    expect(placed).toMatchObject({ success: false, error: { code: 'ERR_HOME_OWNED' } })
    expect(placed).not.toHaveProperty('outcome')
  })

  it('survives lines that are no messages, and messages cut anywhere', async () => {
    const client = await legacyClient()
    for (const line of [
      'not json',
      '[]',
      '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
      '{"id":1,"method":"x"}',
      '5',
      '{"jsonrpc":"2.0","id":{},"method":"x"}',
    ]) {
      client.stdin.write(`${line}\n\n`)
    }
    const text = `${JSON.stringify({ jsonrpc: '2.0', id: 'ü€😀', method: 'tools/list', params: {} })}\r\n`
    for (const byte of Buffer.from(text)) client.stdin.write(Buffer.from([byte]))
    const answer = (await client.waitFor((message) => message['id'] === 'ü€😀')) as Answer
    expect(answer.result?.['tools']).toHaveLength(15)
    const refusals = client.messages.filter((message) => message['id'] === null)
    expect(refusals.map((message) => (message['error'] as { code: number }).code)).toEqual([
      -32700, -32600, -32600, -32600, -32600, -32600,
    ])
  })

  it('takes a last line without its newline', async () => {
    const client = lineClient({ timers: new FakeTime() })
    client.stdin.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...initialize }))
    expect(await client.waitFor((message) => message['id'] === 1)).toHaveProperty('result')
    await client.server.closed
  })

  it('shows a viewer its own tools and refuses the others inside the result', async () => {
    const client = await legacyClient({ principal: { name: 'reader', role: 'viewer' } })
    const tools = listOf(await client.ask('tools/list'), 'tools')
    expect(tools.map((tool) => tool.name)).not.toContain('place_order')
    const refused = await client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    expect(refused.result).toMatchObject({ isError: true })
    expect(JSON.stringify(refused.result)).toContain('ERR_PERMISSION')
  })

  it('is over when close is called, and calling it twice is harmless', async () => {
    const client = await legacyClient()
    await Promise.all([client.server.close(), client.server.close()])
    await client.server.closed
  })

  it('is over when nobody reads any more', async () => {
    const client = await legacyClient()
    client.stdout.destroy(new Error('EPIPE'))
    await client.server.closed
  })
})
