import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Principal } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeIntent } from '../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../test-support/fake-world-surface.js'
import { type Answer, initialize, listOf, marketBuy, modernMeta, serverInfo } from '../test-support/mcp-wire.js'
import { createMcpHttpHandler, type McpHttpHandler, type McpHttpOptions } from './bind-sdk.js'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface HttpClient extends FakeWorld {
  readonly handler: McpHttpHandler
  readonly time: FakeTime
  readonly port: number
  post(
    message: object | string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Record<string, unknown>; body: string; json: Answer }>
}

const tokens: Readonly<Record<string, Principal>> = {
  'Bearer good': TRADER,
  'Bearer reader': { name: 'r', role: 'viewer' },
}

async function httpClient(options: Partial<McpHttpOptions> = {}): Promise<HttpClient> {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() })
  const handler = createMcpHttpHandler({
    backend: world.surface,
    serverInfo,
    authenticate: (request) => tokens[request.headers.authorization ?? ''],
    ...options,
  })
  const server: Server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(async () => {
    await handler.close()
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  const { port } = server.address() as AddressInfo
  return { ...world, handler, time, port, post: (message, headers) => post(port, message, headers) }
}

function post(
  port: number,
  message: object | string,
  extra: Record<string, string> = {},
): ReturnType<HttpClient['post']> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: 'Bearer good',
      ...extra,
    }
    const call = httpRequest({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => {
        const data = body.split('\n').find((line) => line.startsWith('data: '))
        const text = data ? data.slice(6) : body
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          json: text === '' ? {} : (JSON.parse(text) as Answer),
        })
      })
    })
    call.on('error', reject)
    call.end(typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }))
  })
}

const modernHeaders = (method: string, name?: string): Record<string, string> => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name ? { 'mcp-name': name } : {}),
})

describe('over HTTP, the 2025 era', () => {
  it('serves initialize, lists and calls without a session', async () => {
    const client = await httpClient()
    const opened = await client.post(initialize)
    expect(opened.status).toBe(200)
    expect(opened.json.result).toMatchObject({
      protocolVersion: '2025-06-18',
      serverInfo,
      capabilities: { resources: { subscribe: false } },
    })
    expect(opened.headers).not.toHaveProperty('mcp-session-id')
    expect((await client.post(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))).status).toBe(
      202,
    )
    expect((await client.post({ method: 'tools/list', params: {} })).json.result?.['tools']).toHaveLength(15)
    const placed = await client.post({ method: 'tools/call', params: { name: 'place_order', arguments: marketBuy } })
    expect(placed.json.result?.['structuredContent']).toMatchObject({ success: true })
    const read = await client.post({ method: 'resources/read', params: { uri: 'account://balances' } })
    expect(JSON.stringify(read.json.result)).toContain('wallet-usd')
  })
})

describe('over HTTP, the 2026 era', () => {
  it('serves discover, lists and calls, each request by itself', async () => {
    const client = await httpClient()
    const found = await client.post(
      { method: 'server/discover', params: { _meta: modernMeta } },
      modernHeaders('server/discover'),
    )
    expect(found.json.result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { resources: { subscribe: true } },
    })
    const listed = await client.post(
      { method: 'tools/list', params: { _meta: modernMeta } },
      modernHeaders('tools/list'),
    )
    expect(listed.json.result?.['tools']).toHaveLength(15)
    expect(listed.json.result).toMatchObject({ ttlMs: 300_000, cacheScope: 'private' })
    const placed = await client.post(
      { method: 'tools/call', params: { name: 'place_order', arguments: marketBuy, _meta: modernMeta } },
      modernHeaders('tools/call', 'place_order'),
    )
    expect(placed.json.result?.['structuredContent']).toMatchObject({ success: true })
    const unknown = await client.post(
      { method: 'resources/read', params: { uri: 'account://nothing', _meta: modernMeta } },
      modernHeaders('resources/read', 'account://nothing'),
    )
    expect(unknown.json.error).toMatchObject({ code: -32602, data: { uri: 'account://nothing' } })
  })

  it('streams changes of what was listened to and lets go when the client does', async () => {
    const client = await httpClient()
    const uri = 'market://ticker/BTC-USD'
    const events: string[] = []
    let wake: () => void = () => {}
    const arrived = (text: string): Promise<void> =>
      events.join('').includes(text)
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake = () => {
              if (events.join('').includes(text)) resolve()
            }
          })
    const call = httpRequest({
      host: '127.0.0.1',
      port: client.port,
      path: '/mcp',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: 'Bearer reader',
        ...modernHeaders('subscriptions/listen'),
      },
    })
    call.on('response', (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        events.push(chunk)
        wake()
      })
      response.on('error', () => {})
    })
    call.on('error', () => {})
    call.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 's',
        method: 'subscriptions/listen',
        // A viewer may follow prices; orders are taken out of what is acknowledged.
        params: { _meta: modernMeta, notifications: { resourceSubscriptions: [uri, 'order://active'] } },
      }),
    )
    await arrived('subscriptions/acknowledged')
    expect(events.join('')).not.toContain('order://active')
    await client.market.move('BTC-USD', '5')
    await arrived('notifications/resources/updated')
    call.destroy()
    while ((client.market.watchers.get('BTC-USD')?.size ?? 0) > 0) await client.time.advance(0)
    expect(client.desk.listenerCount).toBe(0)
  })
})

describe('over HTTP, who is turned away', () => {
  it.each([
    ['a foreign host', { host: 'evil.example' }, 403],
    ['a foreign host in spite of a good token', { host: 'evil.example:80', authorization: 'Bearer good' }, 403],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['the origin null', { origin: 'null' }, 403],
    ['no token, on loopback too', { authorization: '' }, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
  ])('%s', async (_name, headers, status) => {
    const client = await httpClient()
    const answer = await client.post(
      { method: 'tools/call', params: { name: 'place_order', arguments: marketBuy } },
      headers,
    )
    expect(answer.status).toBe(status)
    expect(client.desk.placed).toEqual([])
    if (status === 401) {
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
      expect(answer.body).toContain('ERR_UNAUTHENTICATED')
      expect(answer.body).not.toContain('wrong')
    }
  })

  it('a loopback origin passes, and so do hosts and origins that the owner named', async () => {
    const local = await httpClient()
    expect((await local.post(initialize, { origin: 'http://localhost:3000' })).status).toBe(200)
    const named = await httpClient({ allowedHosts: ['desk.example'], allowedOrigins: ['app.example'] })
    expect((await named.post(initialize, { host: 'desk.example:8443', origin: 'https://app.example' })).status).toBe(
      200,
    )
    expect((await named.post(initialize)).status).toBe(403)
  })

  it('a body that is too large, announced or not, and one that is no JSON', async () => {
    const client = await httpClient({ maxBodyBytes: 1_000 })
    expect((await client.post('x'.repeat(1_001))).status).toBe(413)
    expect((await client.post('x'.repeat(1_001), { 'transfer-encoding': 'chunked' })).status).toBe(413)
    const broken = await client.post('{"jsonrpc"')
    expect(broken).toMatchObject({ status: 400, json: { error: { code: -32700 } } })
    expect((await client.post(initialize)).status).toBe(200)
  })

  it('the wrong content type, and methods that belong to sessions', async () => {
    const client = await httpClient()
    expect((await client.post(initialize, { 'content-type': 'text/plain' })).status).toBe(415)
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const status = await new Promise((resolve, reject) => {
        const headers = { authorization: 'Bearer good', accept: 'text/event-stream' }
        const call = httpRequest(
          { host: '127.0.0.1', port: client.port, path: '/mcp', method, headers },
          (response) => {
            response.resume()
            resolve(response.statusCode)
          },
        )
        call.on('error', reject)
        call.end()
      })
      expect(status, method).toBe(405)
    }
  })

  it('each request is authenticated anew, with its own role', async () => {
    const client = await httpClient()
    const list = async (authorization: string) =>
      listOf((await client.post({ method: 'tools/list', params: {} }, { authorization })).json, 'tools').length
    expect(await Promise.all([list('Bearer good'), list('Bearer reader'), list('Bearer good')])).toEqual([15, 9, 15])
    const refused = await client.post(
      { method: 'tools/call', params: { name: 'place_order', arguments: marketBuy } },
      { authorization: 'Bearer reader' },
    )
    expect(refused.json.result).toMatchObject({ isError: true })
    expect(client.desk.placed).toEqual([])
  })

  it('everybody, once it is closing', async () => {
    const client = await httpClient()
    await client.handler.close()
    expect((await client.post(initialize)).status).toBe(503)
  })
})

describe('over HTTP, an order', () => {
  it('goes on when its client hangs up', async () => {
    const client = await httpClient()
    let finish: () => void = () => {}
    let finished = false
    client.desk.answer = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      finished = true
      return { outcome: 'accepted', intent: fakeIntent() }
    }
    const call = httpRequest({
      host: '127.0.0.1',
      port: client.port,
      path: '/mcp',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: 'Bearer good',
      },
    })
    call.on('error', () => {})
    call.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'place_order', arguments: marketBuy },
      }),
    )
    while (client.desk.placed.length === 0) await client.time.advance(0)
    call.destroy()
    await client.time.advance(0)
    finish()
    while (!finished) await client.time.advance(0)
    expect(finished).toBe(true)
  })

  it('under way is answered before the server closes', async () => {
    const time = new FakeTime()
    const client = await httpClient({ timers: time })
    let finish: () => void = () => {}
    client.desk.answer = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { outcome: 'accepted', intent: fakeIntent() }
    }
    const answer = client.post({ method: 'tools/call', params: { name: 'place_order', arguments: marketBuy } })
    while (client.desk.placed.length === 0) await client.time.advance(0)
    const closing = client.handler.close()
    await client.time.advance(0)
    finish()
    expect((await answer).json.result?.['structuredContent']).toMatchObject({ success: true })
    await closing
  })
})
