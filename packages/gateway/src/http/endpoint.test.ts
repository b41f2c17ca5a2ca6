import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import { MemoryDisk, MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import { NotFoundError, PermissionError, type Principal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAgentDirectory } from '../access/agent-directory.js'
import { createGatekeeper, type Gatekeeper } from '../access/gatekeeper.js'
import type { Endpoint } from '../gateway.js'
import { createRuntime } from '../runtime.js'
import { createScrubber } from '../secrets/create-scrubber.js'
import { checkCaller } from './check-caller.js'
import { openEndpoint } from './endpoint.js'
import { type HomeTokens, mintTokens, readTokens } from './tokens.js'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A surface that says who asked it for what. */
const echo = (seen: unknown[]): SurfaceBackend => ({
  async callTool(principal, name, args) {
    seen.push([principal, name, args])
    if (name === 'boom') throw new TypeError('CANARY inside')
    return { structured: { name, args, by: principal.name, role: principal.role }, isError: false }
  },
  async readResource(_, uri) {
    if (uri === 'none://') throw new NotFoundError('There is no such resource', { hint: 'list them' })
    return { uri, mimeType: 'application/json', text: '{}' }
  },
  getPrompt: async (_, name) => ({ description: name, text: name }),
  complete: async () => ['BTC-USD'],
  subscribe(_, uri, changed) {
    if (uri === 'none://') throw new PermissionError('not for you')
    seen.push(`subscribed ${uri}`)
    changed()
    return () => seen.push(`stopped ${uri}`)
  },
})

/** The default agent alone, and no store. */
const gatekeeperOf = (home: HomeTokens): Gatekeeper =>
  createGatekeeper({
    environment: 'paper',
    agents: createAgentDirectory('paper', []),
    home: () => home,
    store: () => undefined,
    clock: createRuntime().clock,
    log,
  })

let endpoint: Endpoint
let tokens: HomeTokens
let seen: unknown[]
let log: MemoryLog
let port: number
let disk: MemoryDisk

beforeEach(async () => {
  seen = []
  log = new MemoryLog()
  disk = new MemoryDisk()
  tokens = mintTokens(disk, new SeededRandom(7), '/home')
  endpoint = await openEndpoint({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: ['tide.example'],
    allowedOrigins: ['https://desk.example'],
    maxBodyBytes: 4_096,
    tokens,
    gatekeeper: gatekeeperOf(tokens),
    mcp: echo(seen),
    control: { call: async (verb, args) => ({ verb, args }) as JsonObject },
    approvals: () => undefined,
    clock: createRuntime().clock,
    serveMcp: async (_, response, principal) => {
      response.end(JSON.stringify(principal))
    },
    health: async () => ({
      ready: true,
      reason: 'ready',
      environment: 'paper',
      dryRun: false,
      mode: 'ACTIVE',
      feed: 'live',
      uptimeMs: 1,
    }),
    metricsText: async () => '# metrics\n',
    timers: createRuntime().timers,
    log,
    scrubber: createScrubber(),
    metrics: new MemoryMetrics(),
  })
  port = Number(new URL(endpoint.url).port)
})
afterEach(() => endpoint.close())

const send = (
  path: string,
  options: { method?: string; token?: string; body?: unknown; raw?: string; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    const request = httpRequest(
      `${endpoint.url}${path}`,
      {
        method: options.method ?? (text === undefined ? 'GET' : 'POST'),
        headers: {
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          ...options.headers,
        },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
        response.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(text)
  })

const call = { call: { op: 'callTool', name: 'get_account', args: {} } }

describe('who may enter which door', () => {
  const bodies: Record<string, unknown> = {
    '/backend': call,
    '/control': { verb: 'status' },
    '/mcp': {},
    '/metrics': undefined,
  }
  const rows: readonly (readonly [string, 'none' | 'wrong' | 'agent' | 'operator', number])[] = [
    ['/mcp', 'none', 401],
    ['/mcp', 'wrong', 401],
    ['/mcp', 'agent', 200],
    ['/mcp', 'operator', 200],
    ['/backend', 'none', 401],
    ['/backend', 'wrong', 401],
    ['/backend', 'agent', 200],
    ['/backend', 'operator', 200],
    ['/control', 'none', 401],
    ['/control', 'wrong', 401],
    ['/control', 'agent', 403],
    ['/control', 'operator', 200],
    ['/metrics', 'none', 401],
    ['/metrics', 'agent', 403],
    ['/metrics', 'operator', 200],
    ['/elsewhere', 'none', 401],
    ['/elsewhere', 'agent', 404],
    ['/__proto__', 'operator', 404],
  ]

  it.each(rows)('%s with %s token answers %i', async (path, who, status) => {
    const token = {
      none: undefined,
      wrong: `${tokens.agent.slice(0, -1)}!`,
      agent: tokens.agent,
      operator: tokens.operator,
    }[who]
    const body = bodies[path]
    const answer = await send(path, {
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.status).toBe(status)
    if (status === 401) expect(answer.headers['www-authenticate']).toContain('Bearer')
    expect(answer.body).not.toContain(tokens.operator)
    expect(answer.body).not.toContain(tokens.agent)
  })

  it.each([
    ['Basic', (t: string) => `Basic ${t}`],
    ['no scheme', (t: string) => t],
    ['two tokens', (t: string) => `Bearer ${t} ${t}`],
    ['empty', () => 'Bearer '],
    ['a prefix of it', (t: string) => `Bearer ${t.slice(0, 20)}`],
    ['with more behind it', (t: string) => `Bearer ${t}x`],
  ])('a token as %s is no token', async (_, form) => {
    const answer = await send('/backend', { body: call, headers: { authorization: form(tokens.operator) } })
    expect(answer.status).toBe(401)
    expect(seen).toEqual([])
  })

  it('health is brief to strangers and whole to those with a token', async () => {
    expect(JSON.parse((await send('/healthz')).body)).toEqual({ ready: true, environment: 'paper' })
    expect(JSON.parse((await send('/healthz', { token: tokens.agent })).body)).toMatchObject({
      mode: 'ACTIVE',
      feed: 'live',
    })
  })
})

describe('whom a token speaks for', () => {
  const asked = async (token: string, principal?: Principal): Promise<Answer> =>
    send('/backend', { token, body: { ...call, ...(principal ? { principal } : {}) } })

  it('an agent’s token is the trader local, whatever name it claims', async () => {
    await asked(tokens.agent)
    await asked(tokens.agent, { name: 'somebody', role: 'trader' })
    await asked(tokens.agent, { name: 'operator', role: 'viewer' })
    expect(seen.map((entry) => (entry as unknown[])[0])).toEqual([
      { name: 'local', role: 'trader' },
      { name: 'local', role: 'trader' },
      { name: 'local', role: 'viewer' },
    ])
  })

  it.each(['approver', 'admin'] as const)('an agent’s token may not act as %s', async (role) => {
    expect((await asked(tokens.agent, { name: 'local', role })).status).toBe(403)
    expect(seen).toEqual([])
  })

  it('the operator’s token may speak for anybody', async () => {
    await asked(tokens.operator)
    await asked(tokens.operator, { name: 'local', role: 'trader' })
    expect(seen.map((entry) => (entry as unknown[])[0])).toEqual([
      { name: 'operator', role: 'admin' },
      { name: 'local', role: 'trader' },
    ])
  })

  it('tokens outlive a restart and are 256 random bits each', () => {
    const again = mintTokens(disk, new SeededRandom(8), '/home')
    expect([again.agent, again.operator]).toEqual([tokens.agent, tokens.operator])
    expect(readTokens(disk, '/home')).toEqual({ agent: tokens.agent, operator: tokens.operator })
    expect(tokens.agent).toMatch(/^tga_[A-Za-z0-9_-]{43}$/)
    expect(tokens.operator).toMatch(/^tgo_[A-Za-z0-9_-]{43}$/)
    expect(tokens.agent.slice(4)).not.toBe(tokens.operator.slice(4))
  })
})

describe('which caller is let in', () => {
  const rules = {
    port: 8_765,
    allowedHosts: ['tide.example', 'other.example:99'],
    allowedOrigins: ['https://desk.example'],
  }
  const hosts: readonly (readonly [string | undefined, boolean])[] = [
    ['localhost:8765', true],
    ['127.0.0.1:8765', true],
    ['[::1]:8765', true],
    ['LOCALHOST:8765', true],
    ['tide.example', true],
    ['tide.example:443', true],
    ['other.example:99', true],
    ['other.example:98', false],
    ['localhost', false],
    ['localhost:80', false],
    ['localhost:8765.evil.example', false],
    ['evil.example:8765', false],
    ['evil.example', false],
    ['127.0.0.1.evil.example:8765', false],
    ['127.0.0.1:8765@evil.example', false],
    ['192.168.1.10:8765', false],
    ['0.0.0.0:8765', false],
    ['[::ffff:127.0.0.1]:8765', false],
    ['', false],
    [undefined, false],
  ]
  const origins: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, true],
    ['http://localhost:8765', true],
    ['http://127.0.0.1:8765', true],
    ['https://desk.example', true],
    ['https://localhost:8765', false],
    ['http://localhost:3000', false],
    ['null', false],
    ['https://evil.example', false],
    ['http://localhost:8765.evil.example', false],
    ['https://desk.example.evil.example', false],
    ['file://', false],
    ['', false],
  ]

  it.each(
    hosts.flatMap(([host, hostOk]) => origins.map(([origin, originOk]) => [host, origin, hostOk && originOk] as const)),
  )('Host %s, Origin %s: %s', (host, origin, isLetIn) => {
    expect(checkCaller({ host, origin }, rules) === undefined).toBe(isLetIn)
  })

  it('refuses before it looks at the token, and never runs anything', async () => {
    for (const headers of [{ host: `evil.example:${port}` }, { origin: 'https://evil.example' }]) {
      const answer = await send('/backend', { token: tokens.operator, body: call, headers })
      expect(answer.status).toBe(403)
    }
    expect(seen).toEqual([])
    expect(
      (await send('/backend', { token: tokens.operator, body: call, headers: { host: 'tide.example' } })).status,
    ).toBe(200)
  })

  it('answers 400 without a Host', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'),
      )
      let all = ''
      socket.on('data', (chunk) => {
        all += chunk.toString()
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(/^HTTP\/1.1 400/)
  })
})

describe('what may be sent', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['a list', '[]'],
    ['nothing', ''],
    ['too much', JSON.stringify({ call: { op: 'readResource', uri: 'x'.repeat(5_000) } })],
    ['too deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
    ['an unknown operation', '{"call":{"op":"eval","code":"1"}}'],
    ['a field too many', '{"call":{"op":"readResource","uri":"a://b","extra":1}}'],
    ['an unknown role', '{"principal":{"name":"x","role":"root"},"call":{"op":"readResource","uri":"a://b"}}'],
  ])('%s is refused with 400', async (_, raw) => {
    const answer = await send('/backend', { token: tokens.agent, raw, method: 'POST' })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, error: { code: 'ERR_INPUT_INVALID' } })
  })

  it('the wrong method is 405', async () => {
    expect((await send('/backend', { token: tokens.agent })).status).toBe(405)
    expect((await send('/metrics', { token: tokens.operator, method: 'POST', raw: '{}' })).status).toBe(405)
  })

  it('errors keep their code and hint; what is not ours says nothing about itself', async () => {
    const read = (uri: string) => send('/backend', { token: tokens.agent, body: { call: { op: 'readResource', uri } } })
    const missing = await read('none://')
    expect([missing.status, JSON.parse(missing.body)]).toEqual([
      404,
      { ok: false, error: { code: 'ERR_NOT_FOUND', message: 'There is no such resource', hint: 'list them' } },
    ])
    const body = { call: { op: 'callTool', name: 'boom', args: {} } }
    const fault = await send('/backend', { token: tokens.agent, body })
    expect(fault.status).toBe(500)
    expect(fault.body).not.toContain('CANARY')
    expect(log.entries.some((entry) => entry.level === 'error')).toBe(true)
  })
})

describe('streams', () => {
  const follow = (uri: string): Promise<{ lines: string[]; status: number; stop: () => void; ended: Promise<void> }> =>
    new Promise((resolve) => {
      const request = httpRequest(
        `${endpoint.url}/backend/subscribe`,
        { method: 'POST', headers: { authorization: `Bearer ${tokens.agent}` } },
        (response) => {
          const lines: string[] = []
          response.setEncoding('utf8')
          const ended = new Promise<void>((done) => response.on('close', done))
          response.on('data', (chunk: string) => {
            lines.push(...chunk.trim().split('\n'))
            resolve({ lines, status: response.statusCode ?? 0, stop: () => request.destroy(), ended })
          })
          response.on('error', () => {})
        },
      )
      request.on('error', () => {})
      request.end(JSON.stringify({ uri }))
    })

  it('tell of changes and stop when the reader goes', async () => {
    const stream = await follow('market://ticker/BTC-USD')
    expect(stream.status).toBe(200)
    while (!stream.lines.some((line) => line.includes('changed')))
      await new Promise((resolve) => setTimeout(resolve, 5))
    stream.stop()
    while (!seen.includes('stopped market://ticker/BTC-USD')) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('that are refused say so like any other request', async () => {
    const stream = await follow('none://')
    expect(stream.status).toBe(403)
    expect(stream.lines.join()).toContain('ERR_PERMISSION')
  })

  it('end when the endpoint closes', async () => {
    const stream = await follow('market://products')
    await endpoint.close()
    await stream.ended
    expect(seen).toContain('stopped market://products')
  })
})

describe('opening', () => {
  it('refuses a port that is taken, with a hint', async () => {
    const { timers } = createRuntime()
    const opening = openEndpoint({
      host: '127.0.0.1',
      port,
      allowedHosts: [],
      allowedOrigins: [],
      maxBodyBytes: 4_096,
      tokens,
      gatekeeper: gatekeeperOf(tokens),
      mcp: echo([]),
      control: { call: async () => ({}) },
      approvals: () => undefined,
      clock: createRuntime().clock,
      serveMcp: async () => {},
      health: async () => Promise.reject(new Error('unused')),
      metricsText: async () => '',
      timers,
      log,
      scrubber: createScrubber(),
      metrics: new MemoryMetrics(),
    })
    await expect(opening).rejects.toThrow(/EADDRINUSE/)
  })
})
