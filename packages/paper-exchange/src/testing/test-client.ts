/* oxlint-disable no-restricted-globals, typescript/no-explicit-any -- test helper: talks to the exchange from outside and looks into anything */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { WebSocket } from 'ws'
import type { PaperExchange } from '../create-paper-exchange.js'

/** A key that a test signs with, written here from the reference and not from the exchange's verifier. */
export interface TestKey {
  readonly name: string
  readonly privateKey: KeyObject
}

/** The exchange's own key, as a client holds it. */
export function keyOf(exchange: Pick<PaperExchange, 'keyName' | 'privateKeyPem'>): TestKey {
  return { name: exchange.keyName, privateKey: createPrivateKey(exchange.privateKeyPem) }
}

/** A fresh Ed25519 key, and what the exchange is to know of it. */
export function ed25519Key(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { key: { name, privateKey }, publicKey }
}

/** A token with any header and claims. */
export function signToken(key: TestKey, header: Record<string, unknown>, claims: Record<string, unknown>): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode(header)}.${encode(claims)}`
  const isEd = key.privateKey.asymmetricKeyType === 'ed25519'
  const signature = isEd
    ? sign(null, Buffer.from(signed), key.privateKey)
    : sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

/** A token as Coinbase's Python SDK makes it. */
export function pythonToken(key: TestKey, nowMs: number, uri?: string, more: Record<string, unknown> = {}): string {
  const alg = key.privateKey.asymmetricKeyType === 'ed25519' ? 'EdDSA' : 'ES256'
  const nbf = Math.floor(nowMs / 1_000)
  return signToken(
    key,
    { alg, kid: key.name, nonce: 'ab'.repeat(32), typ: 'JWT' },
    { sub: key.name, iss: 'cdp', nbf, exp: nbf + 120, ...(uri === undefined ? {} : { uri }), ...more },
  )
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Loose = any

export interface Reply {
  readonly status: number
  readonly text: string
  readonly json: Loose
  readonly headers: Headers
}

/** A client of one exchange that signs every request. */
export function testClient(
  exchange: Pick<PaperExchange, 'rest' | 'keyName' | 'privateKeyPem'>,
  nowMs: () => number,
  key: TestKey = keyOf(exchange),
) {
  const host = exchange.rest.replace('http://', '')
  async function send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
    const token = pythonToken(key, nowMs(), `${method} ${host}${path.split('?')[0]}`)
    const response = await fetch(`${exchange.rest}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, text, json: parsed(text), headers: response.headers }
  }
  const v3 = '/api/v3/brokerage'
  return {
    send,
    get: (path: string) => send('GET', path.startsWith('/v2') ? path : `${v3}${path}`),
    post: (path: string, body: unknown) => send('POST', `${v3}${path}`, body),
    /** Without any key. */
    async open(path: string, init: RequestInit = {}): Promise<Reply> {
      const response = await fetch(`${exchange.rest}${path}`, init)
      const text = await response.text()
      return { status: response.status, text, json: parsed(text), headers: response.headers }
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A frame as a client sees it. */
export interface Frame {
  readonly channel?: string
  readonly type?: string
  readonly message?: string
  readonly sequence_num?: number
  readonly timestamp?: string
  readonly events?: Loose[]
}

/** A socket that keeps every frame and lets a test wait for the one it wants. */
export async function testSocket(url: string) {
  const socket = new WebSocket(url)
  const frames: Frame[] = []
  const waiting: { wants: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = []
  let closed: { code: number } | undefined
  const onClosed: ((code: number) => void)[] = []
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data as Buffer)) as Frame
    frames.push(frame)
    for (const waiter of waiting.splice(0)) {
      if (waiter.wants(frame)) waiter.resolve(frame)
      else waiting.push(waiter)
    }
  })
  socket.on('close', (code) => {
    closed = { code }
    for (const tell of onClosed) tell(code)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const next = (wants: (frame: Frame) => boolean) =>
    new Promise<Frame>((resolve) => {
      waiting.push({ wants, resolve })
    })
  return {
    frames,
    socket,
    next,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** Sends and waits for the acknowledgement. */
    async subscribe(message: Record<string, unknown>): Promise<Frame> {
      const acknowledged = next((frame) => frame.channel === 'subscriptions' || frame.type === 'error')
      socket.send(JSON.stringify({ type: 'subscribe', ...message }))
      return acknowledged
    },
    closed: () =>
      closed ? Promise.resolve(closed.code) : new Promise<number>((resolve) => onClosed.push((code) => resolve(code))),
    terminate: () => socket.terminate(),
  }
}
