import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { PermissionError, type Principal, StoreError } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import type { Endpoint, Home } from '../gateway.js'
import { openHome } from '../home/open-home.js'
import { watchCallers } from './watch-callers.js'

const file = `
agents:
  reading: { role: viewer }
  later: { role: viewer }
  fresh: { role: viewer }
`
const uri = 'market://ticker/BTC-USD'
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

let folder: string
let home: Home
let endpoint: Endpoint
const opened: Home[] = []

const open = (as: 'serve' | 'stdio', agentToken?: string): Home => {
  const config = loadConfig({
    flags: { home: join(folder, 'home'), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
    env: {},
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })
  const one = openHome(config, { as, quiet: true, ...(agentToken === undefined ? {} : { agentToken }) })
  opened.push(one)
  return one
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-streams-'))
  home = open('serve')
  endpoint = await home.endpoint()
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
}, 60_000)
afterAll(async () => {
  for (const one of opened.reverse()) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

const create = async (agent: string, more: object = {}): Promise<string> =>
  (await home.control.call('tokens_create', { agent, ...more }))['token'] as string
const revoke = (agent: string) => home.control.call('tokens_revoke', { agent })

interface Stream {
  readonly status: number
  /** What came so far. */
  text(): string
  /** Resolves when the other side ended it. */
  readonly ended: Promise<void>
  close(): void
}

/** Sends a request and gives back its answer as soon as `mark` is in it, or it is over. */
function send(path: string, token: string, body: object, mark = '\u0000'): Promise<Stream> {
  return new Promise((resolve, reject) => {
    let text = ''
    const method = (body as { method?: string }).method
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      ...(method === 'subscriptions/listen' ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method } : {}),
    }
    const call = httpRequest(`${endpoint.url}${path}`, { method: 'POST', headers }, (response) => {
      const ended = new Promise<void>((done) => {
        response.on('close', done)
      })
      const answer = { status: response.statusCode ?? 0, text: () => text, ended, close: () => call.destroy() }
      response.on('error', () => {})
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.includes(mark)) resolve(answer)
      })
      response.on('close', () => resolve(answer))
    })
    call.on('error', (error) => reject(error))
    call.end(JSON.stringify(body))
  })
}

const listen = {
  jsonrpc: '2.0',
  id: 's',
  method: 'subscriptions/listen',
  params: { _meta: modernMeta, notifications: { resourceSubscriptions: [uri] } },
}
const call = (name: string, args: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
})
const follow = (token: string) => send('/backend/subscribe', token, { uri }, '"open":true')
const listenTo = (token: string) => send('/mcp', token, listen, 'subscriptions/acknowledged')

/** Whether something happens within a time that is far beyond what it should take. */
const within = (work: Promise<void>, ms: number): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms))])

describe('a stream over HTTP', () => {
  it.each([
    ['subscriptions/listen of the 2026 protocol', listenTo],
    ['lines of an attached process', follow],
  ] as const)('%s is over when the call that revokes its token returns; another agent’s goes on', async (_, begin) => {
    const token = await create('reading')
    const other = await create('later')
    const [stream, unharmed] = await Promise.all([begin(token), begin(other)])
    expect(stream.status).toBe(200)
    let isOver = false
    void stream.ended.then(() => {
      isOver = true
    })
    await revoke('reading')
    // The socket's end still has to come through.
    expect(await within(stream.ended, 2_000)).toBe(true)
    expect(isOver).toBe(true)
    expect(await within(unharmed.ended, 1_500)).toBe(false)
    unharmed.close()
    expect((await begin(token)).status).toBe(401)
    await revoke('later')
  })

  it('is over when its token expires, without anybody calling', async () => {
    const token = await create('reading', { expires_at_ms: Date.now() + 1_500 })
    const [lines, events] = await Promise.all([follow(token), listenTo(token)])
    expect([lines.status, events.status]).toEqual([200, 200])
    expect(
      await within(
        Promise.all([lines.ended, events.ended]).then(() => {}),
        6_000,
      ),
    ).toBe(true)
    await revoke('reading')
  })

  it('is over for whoever read the home as an agent, once that agent has a token of its own', async () => {
    const as = { name: 'fresh', role: 'viewer' }
    const begin = () => send('/backend/subscribe', endpoint.agentToken, { principal: as, uri }, '"open":true')
    const stream = await begin()
    expect(stream.status).toBe(200)
    await create('fresh')
    expect(await within(stream.ended, 2_000)).toBe(true)
    expect((await begin()).status).toBe(403)
  })

  it('does not exist in the 2025 protocol: there is no session that could carry one', async () => {
    const token = await create('reading')
    const response = await fetch(endpoint.mcpUrl, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    })
    expect(response.status).toBe(405)
    await response.body?.cancel()
    await revoke('reading')
  })
})

describe('a request that was let in', () => {
  it('is answered though its token is revoked meanwhile; the next one is refused', async () => {
    const token = await create('reading')
    const ask = call('subscribe_ticker', { symbols: ['BTC-USD', 'ETH-USD'], max_updates: 50, wait_ms: 2_500 })
    const asked = send('/mcp', token, ask)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await revoke('reading')
    const answer = await asked
    await answer.ended
    expect([answer.status, answer.text()]).toEqual([200, expect.stringContaining('BTC-USD')])
    expect((await send('/mcp', token, ask)).status).toBe(401)
  })
})

describe('a process that is attached with the token of an agent', () => {
  it('hears nothing more once it is revoked, asks no further, and says why when it is called', async () => {
    const token = await create('reading')
    const attached = open('stdio', token)
    await attached.endpoint()
    expect(attached.role()).toBe('attached')
    let heard = 0
    const reading: Principal = { name: 'reading', role: 'viewer' }
    attached.mcp.subscribe(reading, uri, () => {
      heard++
    })
    const untilMs = Date.now() + 10_000
    while (heard < 2 && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(heard).toBeGreaterThanOrEqual(2)
    const refusedBefore = await refused()
    await revoke('reading')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = heard
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(heard).toBe(before)
    // It looked again once, for each stream it had, and does not knock for ever.
    expect((await refused()) - refusedBefore).toBeLessThanOrEqual(4)
    await expect(attached.mcp.readResource(reading, uri)).rejects.toThrow(/token/i)
    expect(attached.role()).toBe('attached')
  })
})

async function refused(): Promise<number> {
  const text = (await home.gateway()?.metrics.text()) ?? ''
  return Number(/http_requests_total\{route="\/backend\/subscribe",status="401"\} (\d+)/.exec(text)?.[1] ?? 0)
}

describe('the watch over open answers', () => {
  const trader: Principal = { name: 'a', role: 'trader' }
  const watched = (speakFor: () => Promise<Principal>) => {
    const time = new FakeTime()
    const closers: (() => void)[] = []
    const response = {
      destroyed: false,
      once: (_: string, close: () => void) => closers.push(close),
      destroy() {
        this.destroyed = true
        for (const close of closers) close()
      },
    }
    const watch = watchCallers(
      { recognise: async () => undefined, recogniseHeaders: async () => ({ kind: 'home' }), speakFor },
      time,
      new MemoryLog(),
    )
    watch.follow(response as never, { authorization: ['Bearer x'], principal: trader })
    return { time, watch, response }
  }

  it.each([
    ['another role', async (): Promise<Principal> => ({ name: 'a', role: 'viewer' })],
    ['fewer permissions', async (): Promise<Principal> => ({ ...trader, permissions: ['read_market_data'] })],
    ['another name', async (): Promise<Principal> => ({ name: 'b', role: 'trader' })],
    ['no permission', async () => Promise.reject(new PermissionError('no'))],
  ])('ends one that would be opened with %s by now, within half a second', async (_, speakFor) => {
    const { time, response } = watched(speakFor)
    await time.advance(499)
    expect(response.destroyed).toBe(false)
    await time.advance(1)
    expect(response.destroyed).toBe(true)
  })

  it.each([
    ['nothing changed', async () => trader],
    ['the store does not answer', async () => Promise.reject(new StoreError('ERR_STORE_BUSY', 'busy'))],
  ])('leaves one open where %s', async (_, speakFor) => {
    const { time, watch, response } = watched(speakFor)
    await time.advance(5_000)
    await watch.lookNow()
    expect(response.destroyed).toBe(false)
  })
})
