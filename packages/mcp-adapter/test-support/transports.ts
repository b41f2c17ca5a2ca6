import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Principal } from '@tidegate/trading-model'
import type { SurfaceBackend } from '../src/backend.js'
import { createMcpHttpHandler, serveMcpStdio } from '../src/bind-sdk.js'
import type { McpExtension } from '../src/serve/extension.js'
import type { OpenQuestions } from '../src/serve/open-questions.js'
import type { PageReader } from '../src/ui/read-page.js'
import { type Answer, initialize, modernMeta, serverInfo } from './mcp-wire.js'

/** A client of a real server in this process, whichever way it is reached. */
export interface WireClient {
  ask(method: string, params?: object): Promise<Answer>
  /** Asks, and can take it back: by notification over streams, by hanging up over HTTP. */
  begin(method: string, params?: object): { readonly answer: Promise<Answer>; readonly cancel: () => void }
  /** Notifications that came, oldest first. */
  readonly notices: readonly Notice[]
  close(): Promise<void>
}

export interface Notice {
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

export interface OpenOptions {
  readonly backend: SurfaceBackend
  readonly principal: Principal
  readonly adminTrades?: boolean
  readonly offeredTools?: ReadonlySet<string>
  readonly extension?: McpExtension
  readonly questions?: OpenQuestions
  readonly pages?: PageReader
  /** What the client says that it can do: at its beginning, or with every request. */
  readonly capabilities?: object
}

export type Era = '2025' | '2026'

/** MCP over two streams, spoken in bare JSON lines. */
export async function openStdio(era: Era, { capabilities = {}, ...options }: OpenOptions): Promise<WireClient> {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const server = serveMcpStdio({ ...options, serverInfo, stdin, stdout })
  const waiting = new Map<unknown, (answer: Answer) => void>()
  const notices: Notice[] = []
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = JSON.parse(line) as Answer & Notice & { readonly id?: unknown }
      if (message.method !== undefined) notices.push(message)
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
    await send(initialize.method, { ...initialize.params, capabilities })
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`)
  }
  const ask = (method: string, params: object = {}): Promise<Answer> =>
    send(method, era === '2026' ? withMeta(params, capabilities) : params)
  return {
    ask,
    begin(method, params) {
      const answer = ask(method, params)
      const requestId = id
      return {
        answer,
        cancel() {
          const params = { requestId, ...(era === '2026' ? { _meta: modernMeta } : {}) }
          stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })}\n`)
        },
      }
    },
    notices,
    close: () => server.close(),
  }
}

/** MCP over HTTP on a port of its own; each request by itself. */
export async function openHttp(
  era: Era,
  { principal, capabilities = {}, ...options }: OpenOptions,
): Promise<WireClient> {
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
  const notices: Notice[] = []
  const begin: WireClient['begin'] = (method, params: { readonly name?: unknown; readonly uri?: unknown } = {}) => {
    const headers = era === '2026' ? modernHeaders(method, params) : {}
    const message = { jsonrpc: '2.0', id: 1, method, params: era === '2026' ? withMeta(params, capabilities) : params }
    return post(port, headers, message, notices)
  }
  return {
    ask: (method, params) => begin(method, params).answer,
    begin,
    notices,
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

function withMeta(params: object, capabilities: object): object {
  const { _meta } = params as { readonly _meta?: object }
  const declared = { 'io.modelcontextprotocol/clientCapabilities': capabilities }
  return { ...params, _meta: { ...modernMeta, ...declared, ..._meta } }
}

function post(
  port: number,
  headers: Record<string, string>,
  message: object,
  notices: Notice[],
): ReturnType<WireClient['begin']> {
  let hangUp: () => void = () => {}
  const answer = new Promise<Answer>((resolve, reject) => {
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
        let rest = ''
        let last: Answer | undefined
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
          const lines = (rest + chunk).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) {
            if (!line.startsWith('data: ')) continue
            const sent = JSON.parse(line.slice(6)) as Answer & Notice
            if (sent.method === undefined) last = sent
            else notices.push(sent)
          }
        })
        response.on('end', () => {
          if (last) resolve(last)
          else if (body.startsWith('{')) resolve(JSON.parse(body) as Answer)
          else reject(new Error('the answer broke off'))
        })
        response.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end(JSON.stringify(message))
    hangUp = () => call.destroy()
  })
  return { answer, cancel: () => hangUp() }
}
