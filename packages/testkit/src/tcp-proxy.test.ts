import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy, type Toxic } from './tcp-proxy.js'

let proxy: TcpProxy
let server: Server
const open: Socket[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await proxy.close()
  server.close()
})

/** A server that answers everything in capitals, behind a proxy. */
async function start(toxic?: Toxic) {
  const heard: string[] = []
  server = createServer((socket) => {
    open.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      heard.push(data.toString())
      socket.write(data.toString().toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startTcpProxy((server.address() as AddressInfo).port)
  proxy.use(toxic)
  const client = connect(proxy.port, '127.0.0.1')
  open.push(client)
  let received = Buffer.alloc(0)
  const errors: string[] = []
  client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''))
  client.on('data', (data) => {
    received = Buffer.concat([received, data])
  })
  await once(client, 'connect')
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return { client, heard, errors, until, received: () => received }
}

describe('startTcpProxy', () => {
  it.each<[string, Toxic | undefined, string]>([
    ['as it is', undefined, 'HELLO'],
    ['late', { kind: 'latency', delayMs: 20, direction: 'both' }, 'HELLO'],
    ['in slices', { kind: 'slicer', bytes: 2, delayMs: 1, direction: 'both' }, 'HELLO'],
    ['slowly', { kind: 'bandwidth', bytesPerSecond: 100 }, 'HELLO'],
    ['twice', { kind: 'duplicate' }, 'HELLOHELLO'],
  ])('passes data on %s', async (_how, toxic, expected) => {
    const { client, received, until } = await start(toxic)
    client.write('hello')
    await until(() => received().length >= expected.length)
    expect(received().toString()).toBe(expected)
    expect(proxy.bytes()).toEqual({ up: 5, down: 5 })
  })

  it('damages one byte so that the text is no UTF-8 any more', async () => {
    const { client, received, until } = await start({ kind: 'corrupt', at: 1 })
    client.write('hello')
    await until(() => received().length === 5)
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(received())).toThrow()
  })

  it('cuts off after so many bytes', async () => {
    const { client, received } = await start({ kind: 'truncate', bytes: 3 })
    client.write('hello')
    await once(client, 'end')
    expect(received().toString()).toBe('HEL')
  })

  it('swallows what a black hole swallows, in its direction only', async () => {
    const { client, heard, received, until } = await start({ kind: 'black-hole' })
    client.write('hello')
    await until(() => proxy.bytes().down === 5)
    await proxy.quiet()
    expect([heard, received().length, client.destroyed]).toEqual([['hello'], 0, false])
  })

  it('leaves the client on a connection whose other end is gone', async () => {
    const { client, received, until } = await start({ kind: 'half-open' })
    client.write('hello')
    await until(() => open.some((socket) => socket !== client && socket.destroyed))
    await proxy.quiet()
    expect([received().length, client.destroyed, client.readableEnded]).toEqual([0, false, false])
  })

  it('resets, cuts and refuses', async () => {
    const { client, errors, until, heard } = await start({ kind: 'reset', direction: 'up' })
    client.write('hello')
    await until(() => client.destroyed)
    expect([errors, heard]).toEqual([['ECONNRESET'], []])
    await proxy.down()
    const refused = connect(proxy.port, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
    proxy.use(undefined)
    await proxy.up()
    const again = connect(proxy.port, '127.0.0.1')
    open.push(again)
    again.write('again')
    const [data] = (await once(again, 'data')) as [Buffer]
    expect(data.toString()).toBe('AGAIN')
  })
})
