import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { SocketHandlers } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createWsTransport } from '../index.js'

let server: WebSocketServer | undefined
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate()
  server?.close()
  server = undefined
})

async function listen(): Promise<string> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Handlers that keep what they are told, and promises for what is awaited. */
function record() {
  const texts: string[] = []
  const closes: [number, string][] = []
  let resolveText = (_text: string) => {}
  let resolveClose = (_close: [number, string]) => {}
  let resolveOpen = () => {}
  const opened = new Promise<void>((resolve) => {
    resolveOpen = resolve
  })
  const text = new Promise<string>((resolve) => {
    resolveText = resolve
  })
  const closed = new Promise<[number, string]>((resolve) => {
    resolveClose = resolve
  })
  const handlers: SocketHandlers = {
    onOpen: resolveOpen,
    onText: (each) => {
      texts.push(each)
      resolveText(each)
    },
    onClose: (code, reason) => {
      closes.push([code, reason])
      resolveClose([code, reason])
    },
  }
  return { handlers, texts, closes, opened, text, closed }
}

describe('createWsTransport', () => {
  it('sends and receives text, and offers no compression', async () => {
    const url = await listen()
    let extensions: string | undefined
    server?.on('connection', (socket, request) => {
      extensions = request.headers['sec-websocket-extensions']
      socket.on('message', (data: Buffer) => socket.send(`got ${data.toString()}`))
    })
    const seen = record()
    const socket = createWsTransport().connect(url, seen.handlers)
    socket.send('too early, and dropped')
    await seen.opened
    socket.send('hello ⚓')
    expect(await seen.text).toBe('got hello ⚓')
    expect(extensions).toBeUndefined()
  })

  it('takes a whole book of 9 MB in one message', async () => {
    const url = await listen()
    server?.on('connection', (socket) => socket.send('x'.repeat(9 * 1024 * 1024)))
    const seen = record()
    createWsTransport().connect(url, seen.handlers)
    expect(await seen.text).toHaveLength(9 * 1024 * 1024)
  })

  it('ends with 1009 on a message beyond its limit, rather than go quiet', async () => {
    const url = await listen()
    server?.on('connection', (socket) => socket.send('x'.repeat(2_000)))
    const seen = record()
    createWsTransport({ maxPayloadBytes: 1_000 }).connect(url, seen.handlers)
    const [, reason] = await seen.closed
    expect(reason).toMatch(/payload/i)
    expect(seen.texts).toEqual([])
  })

  it('tells code and reason of a close, once', async () => {
    const url = await listen()
    server?.on('connection', (socket) => socket.close(1001, 'restarting'))
    const seen = record()
    const socket = createWsTransport().connect(url, seen.handlers)
    expect(await seen.closed).toEqual([1001, 'restarting'])
    socket.terminate()
    socket.close()
    expect(seen.closes).toHaveLength(1)
  })

  it('tells a close also when nobody listens', async () => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const seen = record()
    createWsTransport().connect(`ws://127.0.0.1:${port}`, seen.handlers)
    const [code, reason] = await seen.closed
    expect(code).toBe(1006)
    expect(reason).toContain('ECONNREFUSED')
  })

  it('tells a close after terminate, before and after the connection stands', async () => {
    const url = await listen()
    const early = record()
    createWsTransport().connect(url, early.handlers).terminate()
    expect((await early.closed)[0]).toBe(1006)
    const late = record()
    const socket = createWsTransport().connect(url, late.handlers)
    await late.opened
    socket.terminate()
    expect((await late.closed)[0]).toBe(1006)
  })
})
