import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import { MemoryLog } from '@tidegate/testkit'
import { InputError, NotReadyError, StoreError } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Gateway, Home } from '../gateway.js'
import { createMetrics } from '../metrics/create-metrics.js'
import { type OpenHomeOptions, openHome } from './open-home.js'

const local = { name: 'local', role: 'trader' } as const
let folder: string
let homes: Home[]
let servers: Server[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-home-'))
  homes = []
  servers = []
})
afterEach(async () => {
  for (const home of homes) await home.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

const configIn = (flags: Record<string, string> = {}, env: Record<string, string> = {}): Config =>
  loadConfig({
    flags: { home: folder, port: '0', 'log-level': 'ERROR', ...flags },
    env,
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
const liveConfig = (flags: Record<string, string> = {}): Config =>
  configIn({ environment: 'production', ...flags }, { COINBASE_API_KEY: 'k', COINBASE_API_SECRET: 'secret-secret' })

const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A gateway whose surface says which one it is. */
const fakeGateway = (config: Config, name: string): Gateway => {
  const listeners = new Map<string, () => void>()
  const mcp: SurfaceBackend = {
    async callTool(principal, tool, args) {
      if (tool === 'bad') throw new InputError([{ field: 'x', problem: 'is bad', fix: 'mend it' }])
      if (tool === 'change') for (const changed of listeners.values()) changed()
      return { structured: { answeredBy: name, tool, args, as: principal.name, role: principal.role }, isError: false }
    },
    readResource: async (_, uri) => ({ uri, mimeType: 'application/json', text: JSON.stringify({ answeredBy: name }) }),
    getPrompt: async (_, prompt) => ({ description: prompt, text: name }),
    complete: async () => [name],
    subscribe(_, uri, changed) {
      listeners.set(uri, changed)
      return () => listeners.delete(uri)
    },
  }
  return {
    config,
    mcp,
    control: {
      call: async (verb: string) =>
        verb === 'status'
          ? { ready: true, environment: config.environment, answeredBy: name }
          : { verb, answeredBy: name },
    },
    metrics: createMetrics(),
    log: new MemoryLog(),
    health: async () => ({
      ready: true,
      reason: 'ready',
      environment: config.environment,
      dryRun: false,
      mode: 'ACTIVE',
      feed: 'live',
      uptimeMs: 1,
    }),
    close: async () => {},
  } as unknown as Gateway
}

const open = (
  name: string,
  as: OpenHomeOptions['as'] = 'stdio',
  config = configIn(),
  more: Partial<OpenHomeOptions> = {},
): Home => {
  const home = openHome(config, { as, attachPatienceMs: 100, open: async () => fakeGateway(config, name), ...more })
  homes.push(home)
  return home
}
const whoAnswers = async (home: Home): Promise<unknown> =>
  (await home.mcp.callTool(local, 'ask', {})).structured['answeredBy']

/** Something that claims to own the home and answers as the test says, until it is cut off. */
const fakeOwner = async (answer: (path: string, socket: Socket) => JsonObject | 'hang' | 'cut'): Promise<Server> => {
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/backend/subscribe') {
      response.writeHead(200)
      response.write('{"open":true}\n')
      return
    }
    const given =
      request.url === '/healthz' ? { ready: true, environment: 'paper' } : answer(request.url ?? '', request.socket)
    if (given === 'cut') request.socket.destroy()
    else if (given !== 'hang') response.end(JSON.stringify(given))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { runtime } = { runtime: await import('../runtime.js').then((module) => module.createRuntime()) }
  const home = join(folder, 'paper')
  runtime.disk.writeTextAtomically(join(home, 'agent.token'), `tga_${'a'.repeat(43)}\n`)
  runtime.disk.writeTextAtomically(
    join(home, 'owner.json'),
    JSON.stringify({
      pid: 1,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      startedAt: '2026-11-24T00:00:00Z',
      environment: 'paper',
    }),
  )
  return server
}

describe('openHome', () => {
  it('returns at once and answers when it is open', async () => {
    const home = open('one')
    expect([home.role(), home.gateway()]).toEqual(['opening', undefined])
    expect(await whoAnswers(home)).toBe('one')
    expect(home.role()).toBe('owner')
    expect(home.gateway()).toBeDefined()
  })

  it('says where it is, for others, and takes that back when it closes', async () => {
    const home = open('one')
    const endpoint = await home.endpoint()
    const file = join(folder, 'paper', 'owner.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      pid: process.pid,
      url: endpoint.url,
      environment: 'paper',
    })
    for (const name of ['owner.json', 'agent.token', 'operator.token']) {
      if (process.platform !== 'win32') expect(statSync(join(folder, 'paper', name)).mode & 0o077).toBe(0)
    }
    await home.close()
    expect(existsSync(file)).toBe(false)
  })

  it('attaches to the one who was first; both get the same answers, also through errors and completions', async () => {
    const one = open('one')
    await one.endpoint()
    const two = open('two')
    expect(await whoAnswers(two)).toBe('one')
    expect([one.role(), two.role(), two.gateway()]).toEqual(['owner', 'attached', undefined])
    expect(await two.endpoint()).toMatchObject({
      url: (await one.endpoint()).url,
      agentToken: (await one.endpoint()).agentToken,
    })
    expect(await two.mcp.complete(local, { kind: 'prompt', name: 'p' }, 'a', 'v')).toEqual(['one'])
    expect((await two.mcp.getPrompt(local, 'p', {})).text).toBe('one')
    expect((await two.mcp.readResource(local, 'account://balances')).text).toContain('one')
    await expect(two.mcp.callTool(local, 'bad', {})).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
      issues: [{ field: 'x', problem: 'is bad', fix: 'mend it' }],
    })
    expect(await two.control.call('halt', {})).toMatchObject({ verb: 'halt', answeredBy: 'one' })
  })

  it('lets exactly one of many own it', async () => {
    const many = Array.from({ length: 6 }, (_, at) => open(`h${at}`))
    const answers = await Promise.all(many.map(whoAnswers))
    expect(new Set(answers).size).toBe(1)
    expect(many.filter((home) => home.role() === 'owner')).toHaveLength(1)
  })

  it('passes on after a graceful close: an attached one takes over and keeps its handle', async () => {
    const one = open('one')
    await one.endpoint()
    const two = open('two')
    const three = open('three')
    expect([await whoAnswers(two), await whoAnswers(three)]).toEqual(['one', 'one'])
    await one.close()
    const answers = [await whoAnswers(two), await whoAnswers(three)]
    expect(answers[0]).toBe(answers[1])
    expect(['two', 'three']).toContain(answers[0])
    expect([two.role(), three.role()].sort()).toEqual(['attached', 'owner'])
  })

  it('moves subscriptions to the new owner and tells each of them once, because something may have changed', async () => {
    const one = open('one')
    await one.endpoint()
    const two = open('two')
    await whoAnswers(two)
    let changes = 0
    const stop = two.mcp.subscribe(local, 'order://active', () => changes++)
    await until(async () => {
      await one.mcp.callTool(local, 'change', {})
      return changes > 0
    })
    const before = changes
    await one.close()
    await until(() => changes > before)
    expect(two.role()).toBe('owner')
    const after = changes
    await two.mcp.callTool(local, 'change', {})
    expect(changes).toBe(after + 1)
    stop()
    await two.mcp.callTool(local, 'change', {})
    expect(changes).toBe(after + 1)
  })

  it('gives the lock back when opening fails, and tries again at the next call', async () => {
    const failing = open('one', 'stdio', configIn(), {
      open: async () => Promise.reject(new StoreError('ERR_STORE_CORRUPT', 'the store is damaged')),
    })
    await expect(failing.endpoint()).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' })
    await expect(whoAnswers(failing)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' })
    expect(await whoAnswers(open('two'))).toBe('two')
    expect(await whoAnswers(failing)).toBe('two')
  })

  it('refuses work after close', async () => {
    const home = open('one')
    await home.endpoint()
    await home.close()
    await expect(whoAnswers(home)).rejects.toThrow(NotReadyError)
  })

  it('keeps environments apart', async () => {
    const paper = open('paper')
    const sandbox = open('sandbox', 'stdio', configIn({ environment: 'sandbox' }))
    expect([await whoAnswers(paper), await whoAnswers(sandbox)]).toEqual(['paper', 'sandbox'])
    expect([paper.role(), sandbox.role()]).toEqual(['owner', 'owner'])
    expect((await paper.endpoint()).agentToken).not.toBe((await sandbox.endpoint()).agentToken)
  })
})

describe('serve', () => {
  it('listens where the configuration says, also while somebody else owns the home', async () => {
    const one = open('one', 'stdio')
    await one.endpoint()
    const served = open('two', 'serve')
    const { url, agentToken } = await served.endpoint()
    expect(url).not.toBe((await one.endpoint()).url)
    expect(served.role()).toBe('attached')
    const ask = async (): Promise<unknown> => {
      const answer = await fetch(`${url}/backend`, {
        method: 'POST',
        headers: { authorization: `Bearer ${agentToken}` },
        body: JSON.stringify({ call: { op: 'callTool', name: 'ask', args: {} } }),
      })
      return ((await answer.json()) as { result: { structured: JsonObject } }).result.structured['answeredBy']
    }
    expect(await ask()).toBe('one')
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ ready: true, environment: 'paper' })
    await one.close()
    expect(await ask()).toBe('two')
    expect((await served.endpoint()).url).toBe(url)
  })
})

describe('MCP over the endpoint', () => {
  it('answers initialize, the list of tools and a call, with a token only', async () => {
    const home = open('one', 'serve')
    const { mcpUrl, agentToken } = await home.endpoint()
    const post = async (token: string, method: string, params: object): Promise<Response> =>
      fetch(mcpUrl, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
    const started = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    expect((await post('wrong', 'initialize', started)).status).toBe(401)
    expect(await (await post(agentToken, 'initialize', started)).text()).toContain('coinbase-trading')
    expect(await (await post(agentToken, 'tools/list', {})).text()).toContain('place_order')
    const called = await (await post(agentToken, 'tools/call', { name: 'get_account', arguments: {} })).text()
    expect(called).toContain('answeredBy')
    expect(called).toContain('local')
  })
})

describe('production', () => {
  it('a stdio server and a command only attach, and say what to start', async () => {
    for (const as of ['stdio', 'cli'] as const) {
      const home = open(as, as, liveConfig())
      await expect(whoAnswers(home)).rejects.toMatchObject({
        code: 'ERR_NOT_READY',
        hint: expect.stringContaining('tidegate serve'),
      })
      expect(home.role()).toBe('opening')
    }
  })

  it('serve owns, and a stdio server attaches to it, also one that was there before', async () => {
    const early = open('early', 'stdio', liveConfig())
    await expect(whoAnswers(early)).rejects.toThrow(NotReadyError)
    const served = open('served', 'serve', liveConfig())
    await served.endpoint()
    expect([await whoAnswers(early), await whoAnswers(open('late', 'stdio', liveConfig()))]).toEqual([
      'served',
      'served',
    ])
  })

  it('reports the loss when the owner goes, and attaches again when somebody serves', async () => {
    const served = open('served', 'serve', liveConfig())
    await served.endpoint()
    const agent = open('agent', 'stdio', liveConfig())
    expect(await whoAnswers(agent)).toBe('served')
    await served.close()
    await expect(whoAnswers(agent)).rejects.toThrow(/no gateway is running/)
    const again = open('again', 'serve', liveConfig())
    await again.endpoint()
    expect(await whoAnswers(agent)).toBe('again')
  })

  it('a stdio server owns when stdio.embedded_live says so', async () => {
    const home = open('embedded', 'stdio', liveConfig({ 'stdio.embedded_live': 'true' }))
    expect(await whoAnswers(home)).toBe('embedded')
    expect(home.role()).toBe('owner')
  })
})

describe('a call that is cut off', () => {
  const lockedWhile = (isLocked: () => boolean): Partial<OpenHomeOptions> => ({
    lock: () => (isLocked() ? undefined : { release: () => {} }),
  })

  it('is sent once more to the new owner', async () => {
    let isOwned = true
    let calls = 0
    await fakeOwner((_, socket) => {
      calls++
      isOwned = false
      socket.destroy()
      return 'hang'
    })
    const home = open(
      'next',
      'stdio',
      configIn(),
      lockedWhile(() => isOwned),
    )
    expect(await whoAnswers(home)).toBe('next')
    expect([calls, home.role()]).toEqual([1, 'owner'])
  })

  it('is sent once more when the owner says that it is closing', async () => {
    let isOwned = true
    const owner = await fakeOwner(() => 'cut')
    owner.removeAllListeners('request')
    owner.on('request', (request, response) => {
      request.resume()
      if (request.url === '/healthz') return response.end('{"ready":true,"environment":"paper"}')
      if (request.url === '/backend/subscribe') return response.writeHead(200).write('{}\n')
      isOwned = false
      return response.writeHead(503).end('{"ok":false,"closing":true}')
    })
    const home = open(
      'next',
      'stdio',
      configIn(),
      lockedWhile(() => isOwned),
    )
    expect(await whoAnswers(home)).toBe('next')
  })

  it('is not sent a third time: the error says to look before repeating', async () => {
    let calls = 0
    await fakeOwner(() => {
      calls++
      return 'cut'
    })
    const home = open(
      'never',
      'stdio',
      configIn(),
      lockedWhile(() => true),
    )
    await expect(whoAnswers(home)).rejects.toMatchObject({
      code: 'ERR_NOT_READY',
      hint: expect.stringContaining('may have been carried out'),
    })
    expect(calls).toBe(2)
  })

  it('a refusal is an answer and is not repeated', async () => {
    let calls = 0
    await fakeOwner(() => {
      calls++
      return { ok: false, error: { code: 'ERR_PERMISSION', message: 'no' } }
    })
    const home = open(
      'never',
      'stdio',
      configIn(),
      lockedWhile(() => true),
    )
    await expect(whoAnswers(home)).rejects.toMatchObject({ code: 'ERR_PERMISSION' })
    expect(calls).toBe(1)
  })
})
