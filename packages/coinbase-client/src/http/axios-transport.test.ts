import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { TransportError } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { type LoopbackServer, reply, replyCut, startLoopback } from '../../test-support/loopback.js'
import { createAxiosTransport } from '../index.js'

const transport = createAxiosTransport({ maxBodyBytes: 10_000 })
let server: LoopbackServer | undefined
afterEach(async () => {
  transport.close()
  await server?.close()
  server = undefined
})

const request = (url: string, timeoutMs = 5_000) => ({ method: 'GET' as const, url, headers: {}, timeoutMs })
const failure = async (url: string, timeoutMs?: number): Promise<TransportError> => {
  const error: unknown = await transport.send(request(url, timeoutMs)).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(TransportError)
  return error as TransportError
}

describe('createAxiosTransport', () => {
  it('gives back any status with its text as it came', async () => {
    server = await startLoopback((_seen, response) => reply(response, 503, '<html>{"not":"json"}</html>', 'text/html'))
    const answer = await transport.send(request(`${server.origin}/x`))
    expect(answer).toMatchObject({ status: 503, body: '<html>{"not":"json"}</html>' })
    expect(answer.headers['content-type']).toBe('text/html')
  })

  it('does not parse JSON, and sends method, headers and body untouched', async () => {
    server = await startLoopback((_seen, response) => reply(response, 200, '{"a": 1.10}'))
    const body = '{"b":"0.00000001"}'
    const answer = await transport.send({
      method: 'POST',
      url: `${server.origin}/orders?x=1`,
      headers: { authorization: 'Bearer x.y.z', 'content-type': 'application/json' },
      body,
      timeoutMs: 5_000,
    })
    expect(answer.body).toBe('{"a": 1.10}')
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/orders', body })
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer x.y.z' })
  })

  it('does not follow redirects', async () => {
    server = await startLoopback((_seen, response) => {
      response.writeHead(302, { location: '/elsewhere' })
      response.end()
    })
    expect((await transport.send(request(`${server.origin}/x`))).status).toBe(302)
    expect(server.seen).toHaveLength(1)
  })

  it('says "not sent" when nobody listens', async () => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    expect((await failure(`http://127.0.0.1:${port}/`)).sent).toBe(false)
  })

  it('says "not sent" when the name does not resolve', async () => {
    expect((await failure('http://no-such-host.invalid/')).sent).toBe(false)
  })

  it('says "sent" when the connection dies without an answer', async () => {
    server = await startLoopback((_seen, response) => response.destroy())
    expect((await failure(`${server.origin}/x`)).sent).toBe(true)
  })

  it('says "sent" when the body is cut', async () => {
    server = await startLoopback((_seen, response) => replyCut(response, '{"success":true,'))
    expect((await failure(`${server.origin}/x`)).sent).toBe(true)
  })

  it('says "sent" when no answer comes in time', async () => {
    server = await startLoopback(() => {})
    const error = await failure(`${server.origin}/x`, 40)
    expect(error).toMatchObject({ sent: true, message: 'no answer in time' })
  })

  it('bounds an answer that trickles for ever', async () => {
    server = await startLoopback((_seen, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(drip))
    })
    expect((await failure(`${server.origin}/x`, 60)).sent).toBe(true)
  })

  it('refuses an answer larger than it may be', async () => {
    server = await startLoopback((_seen, response) => reply(response, 200, 'x'.repeat(20_000)))
    expect((await failure(`${server.origin}/x`)).sent).toBe(true)
  })

  it('keeps the Authorization header out of its errors', async () => {
    server = await startLoopback((_seen, response) => response.destroy())
    const headers = { authorization: 'Bearer very-secret-token' }
    const error: unknown = await transport
      .send({ ...request(`${server.origin}/x`), headers })
      .catch((caught: unknown) => caught)
    const told: string[] = []
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      told.push(String(each), JSON.stringify(each), JSON.stringify(Object.getOwnPropertyDescriptors(each)))
    }
    expect(told.join()).not.toContain('very-secret-token')
  })
})
