import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  /** With its question mark; empty without a query. */
  readonly query: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface LoopbackServer {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

/** A real HTTP server on this machine; `answer` gets the how-many-th request of its path this is, from 0. */
export async function startLoopback(
  answer: (request: SeenRequest, response: ServerResponse, count: number) => void,
): Promise<LoopbackServer> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const [path = ''] = (request.url ?? '').split('?')
      const query = (request.url ?? '').slice(path.length)
      const entry = { method: request.method ?? '', path, query, headers: request.headers, body }
      const count = seen.filter((each) => each.path === path).length
      seen.push(entry)
      answer(entry, response, count)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends a status line, a content type and a body. */
export function reply(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}

/** Promises a longer body than it sends, then hangs up. */
export function replyCut(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length + 50) })
  response.write(body, () => response.destroy())
}
