import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { HttpTransport, Signer } from '@tidegate/trading-model'
import type { Step } from '../protocol.js'
import { currentFlow, mark } from './labels.js'

/** The request that a flow is about gets the steps of an order; reads beside it are one step. When it starts, everything is a read. */
function isTheFlows(method: string): boolean {
  return method === 'POST' || currentFlow() === 'reconcile'
}

function markRequest(method: string, step: Step, phase: 'before' | 'after'): void {
  if (isTheFlows(method)) mark(step, phase)
}

/** Labels around the moment in which a request's token is signed. */
export function watchSigner(signer: Signer): Signer {
  return {
    keyName: signer.keyName,
    algorithm: signer.algorithm,
    sign(data) {
      const method = methodOf(data)
      markRequest(method, 'jwt', 'before')
      const signature = signer.sign(data)
      markRequest(method, 'jwt', 'after')
      return signature
    },
  }
}

/** Labels around a request as a whole; {@link watchSockets} has those in between. */
export function watchTransport(http: HttpTransport): HttpTransport {
  return {
    async send(request) {
      const isOwn = isTheFlows(request.method)
      mark(isOwn ? 'connect' : 'venue-read', 'before')
      const response = await http.send(request)
      mark(isOwn ? 'parse' : 'venue-read', isOwn ? 'before' : 'after')
      return response
    },
  }
}

/** Marks that an answer has its meaning: the text was parsed and the caller is about to have it. */
export function markParsed(): void {
  if (currentFlow() !== undefined) mark('parse', 'after')
}

/** The method that writes to a connected socket; internal to Node, and the last line of JavaScript before the kernel. */
interface WritableSocket {
  connecting: boolean
  _writeGeneric: (this: WritableSocket, writev: boolean, data: unknown, encoding: string, done: unknown) => void
}

/**
 * Labels inside a request: when the socket is connected, when its bytes go to the kernel, when the head of the answer is there.
 * A write to a socket of this machine is done when the call returns, so `write/after` means: the venue has it.
 */
export function watchSockets(): void {
  const prototype = Socket.prototype as unknown as WritableSocket
  const { _writeGeneric: write } = prototype
  prototype._writeGeneric = function (writev, data, encoding, done) {
    const method = this.connecting ? undefined : /^(GET|POST) \/\S* HTTP/.exec(headOf(data))?.[1]
    if (method === undefined) {
      write.call(this, writev, data, encoding, done)
      return
    }
    markRequest(method, 'connect', 'after')
    markRequest(method, 'write', 'before')
    write.call(this, writev, data, encoding, done)
    markRequest(method, 'write', 'after')
  }
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    markRequest(request.method, 'first-byte', 'before')
    response.once('end', () => markRequest(request.method, 'first-byte', 'after'))
  })
}

function headOf(data: unknown): string {
  const first: unknown = Array.isArray(data) ? data[0] : data
  const chunk = typeof first === 'object' && first !== null && 'chunk' in first ? first.chunk : first
  return typeof chunk === 'string'
    ? chunk.slice(0, 300)
    : Buffer.isBuffer(chunk)
      ? chunk.toString('latin1', 0, 300)
      : ''
}

/** The claims of a token say which request it is for. */
function methodOf(signed: Uint8Array): string {
  const claims = Buffer.from(signed).toString('utf8').split('.')[1] ?? ''
  const { uri } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { uri?: string }
  return uri?.split(' ')[0] ?? 'STREAM'
}
