import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Principal } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeIntent } from '../../test-support/fake-world.js'
import { fakeWorld } from '../../test-support/fake-world-surface.js'
import { type Answer, initialize, modernMeta, serverInfo } from '../../test-support/mcp-wire.js'
import { createMcpHttpHandler } from './serve-http.js'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
const until = async (happens: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 20_000 && !happens(); turn++) await settle()
  expect(happens()).toBe(true)
}

interface Reply {
  readonly status: number
  readonly session: string | undefined
  readonly json: Answer
}

interface Stream {
  readonly status: number
  readonly uris: readonly string[]
  readonly isOver: () => boolean
  /** Reads nothing from now on. */
  pause(): void
  close(): void
}

async function open(principals: Record<string, Principal> = { good: { name: 'ann', role: 'trader' } }) {
  const time = new FakeTime()
  const world = fakeWorld({ time, log: new MemoryLog() })
  world.desk.intents = [fakeIntent()]
  let ids = 0
  const streams: ServerResponse[] = []
  const handler = createMcpHttpHandler({
    backend: world.surface,
    serverInfo,
    timers: time,
    sessionIds: () => `session-${++ids}`,
    authenticate: ({ headers }: IncomingMessage) => principals[(headers.authorization ?? '').slice(7)],
    onListen: (_, response) => void streams.push(response),
  })
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(async () => {
    // What drains on closing waits for time that only we move.
    const closed = handler.close()
    await time.advance(1_000)
    await closed
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  const { port } = server.address() as AddressInfo
  const call = (method: string, headers: Record<string, string>, token: string) =>
    httpRequest({
      host: '127.0.0.1',
      port,
      path: '/mcp',
      method,
      agent: false,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        ...headers,
      },
    })

  const send = (message: object, session?: string, token = 'good', method = 'POST'): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const request = call(method, session === undefined ? {} : { 'mcp-session-id': session }, token)
      request.on('error', reject)
      request.on('response', (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => {
          const data = body.split('\n').find((line) => line.startsWith('data: '))
          const text = data ? data.slice(6) : body
          const id = response.headers['mcp-session-id']
          resolve({
            status: response.statusCode ?? 0,
            session: typeof id === 'string' ? id : undefined,
            json: text === '' ? {} : (JSON.parse(text) as Answer),
          })
        })
      })
      request.end(method === 'POST' ? JSON.stringify({ jsonrpc: '2.0', ...message }) : undefined)
    })

  const stream = (request: ReturnType<typeof call>, body?: object): Promise<Stream> =>
    new Promise((resolve, reject) => {
      request.on('error', reject)
      request.on('response', (response) => {
        const uris: string[] = []
        let over = false
        let rest = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines.filter((text) => text.startsWith('data: '))) {
            const { method, params } = JSON.parse(line.slice(6)) as { method?: string; params?: { uri: string } }
            if (method === 'notifications/resources/updated' && params) uris.push(params.uri)
          }
        })
        response.on('close', () => {
          over = true
        })
        response.on('error', () => {})
        resolve({
          status: response.statusCode ?? 0,
          uris,
          isOver: () => over,
          pause: () => void response.pause(),
          close: () => request.destroy(),
        })
      })
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })
  const listen = (session: string, token = 'good') => stream(call('GET', { 'mcp-session-id': session }, token))
  const listenModern = (uris: readonly string[]) =>
    stream(call('POST', { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' }, 'good'), {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: { resourceSubscriptions: uris }, _meta: modernMeta },
    })
  const begin = async (token = 'good'): Promise<string | undefined> => {
    const { session } = await send({ id: 1, ...initialize }, undefined, token)
    return session
  }
  const subscribe = (session: string, uri: string) =>
    send({ id: 2, method: 'resources/subscribe', params: { uri } }, session)
  return { ...world, time, streams, send, listen, listenModern, begin, subscribe, principals }
}

const book = 'market://orderbook/BTC-USD'
const ticker = 'market://ticker/BTC-USD'

describe('sessions of 2025-era clients over HTTP', () => {
  it('tell of changes of what was subscribed to, at most once a second for each URI', async () => {
    const { begin, subscribe, send, listen, market, desk, time } = await open()
    const session = String(await begin())
    const stream = await listen(session)
    expect(stream.status).toBe(200)
    for (const uri of [ticker, book, 'order://active'])
      expect((await subscribe(session, uri)).json).toMatchObject({ result: {} })
    for (let second = 0; second < 3; second++) {
      for (let change = 0; change < 100; change++) await market.move('BTC-USD', String(100_000 + change))
      desk.tell({ type: 'intent', intent: fakeIntent({ state: 'FILLED' }) })
      await time.advance(1_000)
    }
    await until(() => stream.uris.length >= 10)
    const times = (uri: string) => stream.uris.filter((one) => one === uri).length
    for (const uri of [ticker, book]) expect(times(uri)).toBeLessThanOrEqual(4)
    expect(times('order://active')).toBeLessThanOrEqual(4)
    const before = times(ticker)
    await send({ id: 3, method: 'resources/unsubscribe', params: { uri: ticker } }, session)
    await market.move('BTC-USD', '7')
    await time.advance(2_000)
    await until(() => times(book) > before)
    expect(times(ticker)).toBe(before)
  })

  it('say that resources can be subscribed to, and refuse what cannot be', async () => {
    const { send, subscribe, begin } = await open()
    const { json, session } = await send({ id: 1, ...initialize })
    expect(json.result).toMatchObject({ capabilities: { resources: { subscribe: true } } })
    expect(session).toBe('session-1')
    const refused = await subscribe(String(await begin()), 'market://products')
    expect(refused.json.error?.message).toMatch(/does not change live/)
  })

  it('carry calls as ever', async () => {
    const { send, begin } = await open()
    const session = await begin()
    const { json } = await send(
      { id: 5, method: 'tools/call', params: { name: 'get_account', arguments: {} } },
      session,
    )
    expect(json.result?.['isError']).toBeFalsy()
  })

  it('are no authentication: without a token 401, with another’s it is as if there were no session', async () => {
    const { begin, send, listen, subscribe, market } = await open({
      good: { name: 'ann', role: 'trader' },
      other: { name: 'ben', role: 'viewer' },
    })
    const session = String(await begin())
    await subscribe(session, ticker)
    expect((await send({ id: 1, method: 'tools/list' }, session, 'wrong')).status).toBe(401)
    expect((await listen(session, 'wrong')).status).toBe(401)
    expect((await listen(session, 'other')).status).toBe(404)
    const asBen = await send({ id: 1, method: 'tools/list' }, session, 'other')
    expect(JSON.stringify(asBen.json.result)).not.toContain('"name":"place_order"')
    expect((await send({}, session, 'other', 'DELETE')).status).toBe(404)
    expect(market.watchers.get('BTC-USD')?.size).toBe(1)
    expect((await listen(session)).status).toBe(200)
  })

  it('end when their principal has other rights by now, and take their subscriptions with them', async () => {
    const { begin, send, listen, subscribe, market, principals } = await open()
    const session = String(await begin())
    await subscribe(session, ticker)
    principals['good'] = { name: 'ann', role: 'viewer' }
    const listed = await send({ id: 1, method: 'tools/list' }, session)
    expect(JSON.stringify(listed.json.result)).not.toContain('"name":"place_order"')
    expect((await listen(session)).status).toBe(404)
    expect(market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('end when their client says so: then 404, and nothing is held', async () => {
    const { begin, send, listen, subscribe, market } = await open()
    const session = String(await begin())
    const stream = await listen(session)
    await subscribe(session, ticker)
    expect((await send({}, session, 'good', 'DELETE')).status).toBe(200)
    await until(() => stream.isOver())
    expect((await send({ id: 1, method: 'tools/list' }, session)).status).toBe(404)
    expect((await listen(session)).status).toBe(404)
    expect(market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('lapse after five minutes without use: calls go on without, a stream is told that it has ended', async () => {
    const { begin, send, listen, subscribe, market, time } = await open()
    const session = String(await begin())
    await subscribe(session, ticker)
    await time.advance(300_000)
    expect(market.watchers.get('BTC-USD')?.size).toBe(0)
    const { status, json } = await send(
      { id: 1, method: 'tools/call', params: { name: 'get_account', arguments: {} } },
      session,
    )
    expect([status, json.result?.['isError']]).toEqual([200, undefined])
    expect((await listen(session)).status).toBe(404)
    const late = await subscribe(session, ticker)
    expect(late.json.error).toBeDefined()
  })

  it('do not lapse while their stream is open, and are told to whoever ends streams of revoked tokens', async () => {
    const { begin, listen, subscribe, market, time, streams } = await open()
    const session = String(await begin())
    const stream = await listen(session)
    await subscribe(session, ticker)
    await time.advance(3_600_000)
    expect(market.watchers.get('BTC-USD')?.size).toBe(1)
    expect(streams).toHaveLength(1)
    streams[0]?.destroy()
    await until(() => stream.isOver())
    await settle()
    await time.advance(300_000)
    expect(market.watchers.get('BTC-USD')?.size).toBe(0)
  })

  it('tell once of what changed while the stream was away', async () => {
    const { begin, listen, subscribe, market, time, streams } = await open()
    const session = String(await begin())
    await subscribe(session, ticker)
    for (let change = 0; change < 50; change++) {
      await market.move('BTC-USD', String(90_000 + change))
      await time.advance(1_000)
    }
    const stream = await listen(session)
    await until(() => stream.uris.length > 0)
    await settle()
    expect(stream.uris).toEqual([ticker])
    stream.close()
    await until(() => streams[0]?.destroyed === true)
    await market.move('BTC-USD', '1')
    await time.advance(1_000)
    const again = await listen(session)
    expect(again.status).toBe(200)
    await until(() => again.uris.length === 1)
  })

  it('are at most eight for a principal; who gets none is served without', async () => {
    const { begin, listen, send } = await open()
    const sessions = await Promise.all(Array.from({ length: 8 }, () => begin()))
    for (const session of sessions) await listen(String(session))
    const ninth = await send({ id: 1, ...initialize })
    expect(ninth.session).toBeUndefined()
    expect(ninth.json.result).toMatchObject({ capabilities: { resources: { subscribe: false } } })
  })

  it('are not begun by an initialize that is refused', async () => {
    const { send } = await open()
    const refused = await send({ id: 1, method: 'initialize', params: { protocolVersion: 5 } })
    expect(refused.json.error).toBeDefined()
  })
})

describe('a reader that stops reading', () => {
  it.each(['2025', '2026'])(
    'of the %s era costs one entry for each URI, and is cut off when it is stuck',
    async (era) => {
      const { begin, listen, listenModern, subscribe, market, time, streams } = await open()
      const session = String(await begin())
      const stream = era === '2025' ? await listen(session) : await listenModern([ticker, book])
      if (era === '2025') for (const uri of [ticker, book]) await subscribe(session, uri)
      stream.pause()
      const [response] = streams
      // The buffers between us and a reader that does not read are filled by hand: that takes no hour of notices.
      const filler = `: ${'x'.repeat(65_536)}\n\n`
      while (response && !response.writableNeedDrain) {
        response.write(filler)
        await settle()
      }
      const full = response?.writableLength ?? 0
      for (let second = 0; second < 25; second++) {
        await market.move('BTC-USD', String(100_000 + second))
        await time.advance(1_000)
      }
      expect(response?.writableLength).toBeLessThanOrEqual(full)
      expect(response?.destroyed).toBe(false)
      await time.advance(10_000)
      expect(response?.destroyed).toBe(true)
      await until(() => (market.watchers.get('BTC-USD')?.size ?? 0) === (era === '2025' ? 2 : 0))
    },
  )
})
