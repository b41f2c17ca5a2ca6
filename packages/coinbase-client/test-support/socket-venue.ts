import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface Request {
  type: string
  channel: string
  product_ids: string[]
  jwt?: string
}

/** One connection as the venue sees it. */
export interface VenueSide {
  readonly path: string
  readonly requests: Request[]
  /** What this connection is subscribed to, by channel. */
  readonly state: Record<string, string[]>
  /** Sends a frame with the next number, or with one of the test's choosing. */
  frame(channel: string, events: unknown[], sequence?: number): void
  raw(text: string): void
  error(message: string): void
  close(code: number): void
  readonly isOpen: boolean
}

export interface SocketVenueOptions {
  /** Products that exist; others are left out of acknowledgements, as the venue does. */
  readonly products?: readonly string[]
  /** Ids that are served under another. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Called before the acknowledgement is sent; `false` keeps it back. */
  readonly onRequest?: (side: VenueSide, request: Request) => boolean | undefined
}

export interface SocketVenue {
  readonly url: string
  readonly sides: readonly VenueSide[]
  /** The `index`-th connection to a path, as soon as it is there and has asked for all of `channels`. */
  connected(path: string, index: number, channels: readonly string[]): Promise<VenueSide>
  /** Any later connection to a path than its first, as soon as it has asked for all of `channels`. */
  reconnected(path: string, channels: readonly string[]): Promise<VenueSide>
  close(): Promise<void>
}

/** A real WebSocket server that acknowledges like the venue: one cumulative answer a request, one sequence a connection. */
export async function startSocketVenue(options: SocketVenueOptions = {}): Promise<SocketVenue> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const sides: VenueSide[] = []
  const watchers = new Set<() => void>()

  server.on('connection', (socket: WebSocket, request) => {
    let sequence = 0
    const side: VenueSide = {
      path: request.url ?? '',
      requests: [],
      state: {},
      frame: (channel, events, own) =>
        socket.send(
          JSON.stringify({ channel, timestamp: new Date().toISOString(), sequence_num: own ?? sequence++, events }),
        ),
      raw: (text) => socket.send(text),
      error: (message) => socket.send(JSON.stringify({ type: 'error', message })),
      close: (code) => socket.close(code),
      get isOpen() {
        return socket.readyState === socket.OPEN
      },
    }
    sides.push(side)
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Request
      const answers = options.onRequest?.(side, message) !== false
      side.requests.push(message)
      const products = options.products ?? ['BTC-USD', 'ETH-USD']
      const known = message.product_ids.map((id) => options.aliases?.[id] ?? id).filter((id) => products.includes(id))
      const added = message.channel === 'heartbeats' ? ['heartbeats'] : message.channel === 'user' ? ['user-id'] : known
      const before = side.state[message.channel] ?? []
      const now =
        message.type === 'unsubscribe'
          ? before.filter((name) => !added.includes(name))
          : [...new Set([...before, ...added])]
      if (now.length > 0) side.state[message.channel] = now
      else delete side.state[message.channel]
      if (answers) side.frame('subscriptions', [{ subscriptions: side.state }])
      for (const watch of watchers) watch()
    })
  })

  const ofPath = (path: string) => sides.filter((each) => each.path === path)
  const when = (candidates: () => VenueSide[], channels: readonly string[]): Promise<VenueSide> =>
    new Promise((resolve) => {
      const look = () => {
        const side = candidates().find((each) =>
          channels.every((channel) => each.requests.some((request) => request.channel === channel)),
        )
        if (!side) return
        watchers.delete(look)
        resolve(side)
      }
      watchers.add(look)
      look()
    })

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sides,
    connected: (path, index, channels) => when(() => ofPath(path).slice(index, index + 1), channels),
    reconnected: (path, channels) => when(() => ofPath(path).slice(1), channels),
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }
}
