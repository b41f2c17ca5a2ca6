import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { NotReadyError } from '@tidegate/trading-model'
import { fromWireError } from '../http/wire-error.js'

/** Longest answer, bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
/** A call that is followed hears something every five seconds; after so long the owner is taken for gone. */
const SILENCE_MS = 20_000

/** The owner went away before it answered: it may or may not have carried the call out. */
export class OwnerLostError extends Error {
  override readonly name = 'OwnerLostError'
}

/** Speaks to the endpoint of a home's owner. */
export interface RemoteClient {
  /**
   * @throws {OwnerLostError} when the connection broke or the owner is closing.
   * @throws {BaseError} what the owner refused with; {@link NotReadyError} when it holds the connection and says nothing.
   */
  post(path: string, token: string, body: object, timeoutMs: number): Promise<unknown>
  /** Reads `/healthz`; `undefined` when nobody answers there. */
  probe(timeoutMs: number): Promise<{ readonly ready: boolean; readonly environment: string } | undefined>
  /**
   * Follows a stream of JSON lines; `onEnd` is called once, whoever ended it, but not after the returned stop, nor when the owner is there
   * and lets nobody in with this token: then nothing more comes, and calls say why.
   */
  stream(
    path: string,
    token: string,
    body: object,
    handlers: { onLine(line: Record<string, unknown>): void; onEnd(): void },
  ): () => void
  /**
   * Asks for something that takes its time: lines come until the one with `result` or `error`, and at least every few seconds.
   * Aborting the signal hangs up, and the owner stops working at it.
   *
   * @returns The `result`.
   * @throws As {@link RemoteClient.post}.
   */
  follow(
    path: string,
    token: string,
    body: object,
    options: { readonly onLine: (line: Record<string, unknown>) => void; readonly signal?: AbortSignal },
  ): Promise<unknown>
  close(): void
}

/** Makes a client for the endpoint at `baseUrl`. */
export function createRemoteClient(baseUrl: string): RemoteClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })

  const open = (method: string, path: string, token: string, body: object | undefined): ClientRequest => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const request = httpRequest(`${baseUrl}${path}`, {
      method,
      agent,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      },
    })
    request.end(text)
    return request
  }

  return {
    async post(path, token, body, timeoutMs) {
      const { status, text } = await exchange(open('POST', path, token, body), timeoutMs)
      const answer = parse(text)
      if (answer['ok'] === true) return answer['result']
      throw refusalOf(status, answer)
    },
    async probe(timeoutMs) {
      try {
        const { text } = await exchange(open('GET', '/healthz', '', undefined), timeoutMs)
        const { ready, environment } = parse(text)
        return typeof environment === 'string' ? { ready: ready === true, environment } : undefined
      } catch {
        return undefined
      }
    },
    stream(path, token, body, handlers) {
      let isStopped = false
      const end = (): void => {
        if (isStopped) return
        isStopped = true
        handlers.onEnd()
      }
      const request = open('POST', path, token, body)
      request.on('response', (response) => {
        if (response.statusCode === 401 || response.statusCode === 403) isStopped = true
        if (response.statusCode !== 200) response.destroy()
        readLines(response, (line) => (isStopped ? undefined : handlers.onLine(line)))
        response.on('close', end)
      })
      request.on('error', end)
      return () => {
        isStopped = true
        request.destroy()
      }
    },
    follow(path, token, body, { onLine, signal }) {
      return new Promise((resolve, reject) => {
        const request = open('POST', path, token, body)
        const hangUp = (): void => {
          reject(new NotReadyError('The call was given up', { hint: 'Whoever asked is gone or changed its mind' }))
          request.destroy()
        }
        if (signal?.aborted) hangUp()
        signal?.addEventListener('abort', hangUp, { once: true })
        const lost = (error?: unknown): void => reject(new OwnerLostError('the connection broke', { cause: error }))
        request.setTimeout(SILENCE_MS, () => request.destroy())
        request.on('error', lost)
        request.on('close', () => signal?.removeEventListener('abort', hangUp))
        request.on('response', (response) => {
          if (response.statusCode !== 200) {
            readAll(response).then((text) => reject(refusalOf(response.statusCode, parse(text))), lost)
            return
          }
          readLines(response, (line) => {
            if ('result' in line) resolve(line['result'])
            else if ('error' in line) reject(fromWireError(line['error']))
            else onLine(line)
          })
          response.on('close', lost)
        })
      })
    },
    close: () => agent.destroy(),
  }
}

function exchange(request: ClientRequest, timeoutMs: number): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    request.setTimeout(timeoutMs, () => {
      reject(
        new NotReadyError(`The gateway did not answer within ${timeoutMs} ms`, {
          hint: 'The call may have been carried out: look at the orders before you repeat it',
        }),
      )
      request.destroy()
    })
    request.on('error', (error) => reject(new OwnerLostError('the connection broke', { cause: error })))
    request.on('response', (response) => {
      readAll(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        (error: unknown) => reject(new OwnerLostError('the answer broke off', { cause: error })),
      )
    })
  })
}

function refusalOf(status: number | undefined, answer: Record<string, unknown>): Error {
  return status === 503 && answer['closing'] === true
    ? new OwnerLostError('the owner is closing')
    : fromWireError(answer['error'])
}

function readLines(response: IncomingMessage, take: (line: Record<string, unknown>) => void): void {
  let rest = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(parse(line))
  })
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  if (!response.complete) throw new Error('the answer is not complete')
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
