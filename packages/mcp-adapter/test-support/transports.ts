import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Principal } from '@tidegate/trading-model'
import type { SurfaceBackend } from '../src/backend.js'
import { createMcpHttpHandler, serveMcpStdio } from '../src/bind-sdk.js'
import { type Answer, initialize, modernMeta, serverInfo } from './mcp-wire.js'

/** A client of a real server in this process, whichever way it is reached. */
export interface WireClient {
  ask(method: string, params?: object): Promise<Answer>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly backend: SurfaceBackend
  readonly principal: Principal
  readonly adminTrades?: boolean
}

export type Era = '2025' | '2026'

/** MCP over two streams, spoken in bare JSON lines. */
export async function openStdio(era: Era, options: OpenOptions): Promise<WireClient> {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const server = serveMcpStdio({ ...options, serverInfo, stdin, stdout })
  const waiting = new Map<unknown, (answer: Answer) => void>()
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = JSON.parse(line) as Answer & { readonly id?: unknown }
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    }
  })
  let id = 0
  const send = (method: string, params: object): Promise<Answer> => {
    const mine = ++id
    return new Promise((resolve) => {
      waiting.set(mine, resolve)
      stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: mine, method, params })}\n`)
    })
  }
  if (era === '2025') {
    await send(initialize.method, initialize.params)
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`)
  }
  return {
    ask: (method, params = {}) => send(method, era === '2026' ? { ...params, _meta: modernMeta } : params),
    close: () => server.close(),
  }
}

/** MCP over HTTP on a port of its own; each request by itself. */
export async function openHttp(era: Era, { principal, ...options }: OpenOptions): Promise<WireClient> {
  const handler = createMcpHttpHandler({
    ...options,
    serverInfo,
    authenticate: (request) => (request.headers.authorization === 'Bearer good' ? principal : undefined),
  })
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    ask: (method, params: { readonly name?: unknown; readonly uri?: unknown } = {}) =>
      post(port, era === '2026' ? modernHeaders(method, params) : {}, {
        jsonrpc: '2.0',
        id: 1,
        method,
        params: era === '2026' ? { ...params, _meta: modernMeta } : params,
      }),
    async close() {
      await handler.close()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function modernHeaders(method: string, { name, uri }: { readonly name?: unknown; readonly uri?: unknown }) {
  const called = name ?? uri
  return {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof called === 'string' ? { 'mcp-name': called } : {}),
  }
}

function post(port: number, headers: Record<string, string>, message: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path: '/mcp',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: 'Bearer good',
          ...headers,
        },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => {
          const data = body.split('\n').find((line) => line.startsWith('data: '))
          resolve(JSON.parse(data ? data.slice(6) : body) as Answer)
        })
      },
    )
    call.on('error', reject)
    call.end(JSON.stringify(message))
  })
}
