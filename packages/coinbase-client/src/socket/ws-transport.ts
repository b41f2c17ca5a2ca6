import type { SocketTransport } from '@tidegate/trading-model'
import { WebSocket } from 'ws'

export interface WsTransportOptions {
  /** Largest message in bytes; a whole book arrives in one. @default 67108864 (64 MiB) */
  readonly maxPayloadBytes?: number
  /** For TCP, TLS and the upgrade together. @default 10000 */
  readonly handshakeTimeoutMs?: number
  /** PEM of an additional authority, for a venue on a private certificate. */
  readonly certificateAuthority?: string
}

/** Opens WebSockets through ws, without compression. Answers pings by itself. */
export function createWsTransport(options: WsTransportOptions = {}): SocketTransport {
  return {
    connect: (url, handlers) => {
      const socket = new WebSocket(url, {
        maxPayload: options.maxPayloadBytes ?? 64 * 1024 * 1024,
        handshakeTimeout: options.handshakeTimeoutMs ?? 10_000,
        perMessageDeflate: false,
        followRedirects: false,
        ca: options.certificateAuthority,
      })
      let trouble = ''
      socket.on('open', () => handlers.onOpen())
      socket.on('message', (data) => handlers.onText((data as Buffer).toString('utf8')))
      // A `close` follows every `error`; only the words are worth keeping.
      socket.on('error', (error) => {
        trouble = error.message
      })
      socket.on('close', (code, reason) => handlers.onClose(code, reason.toString() || trouble))
      return {
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text)
        },
        close: (code = 1000) => socket.close(code),
        terminate: () => socket.terminate(),
      }
    },
  }
}
