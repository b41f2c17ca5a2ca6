import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** `up`: what the client sends. `down`: what the server sends. */
export type Direction = 'up' | 'down' | 'both'

/** What goes wrong between client and server. Byte counts are per connection and direction. */
export type Toxic = (
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Swallows everything and says nothing. */
  | { readonly kind: 'black-hole' }
  /** Resets both ends as soon as something is to be passed on; that is lost. */
  | { readonly kind: 'reset' }
  /** Passes pieces of `bytes`, `delayMs` apart. */
  | { readonly kind: 'slicer'; readonly bytes: number; readonly delayMs: number }
  /** The server's end is closed, the client's stays open and silent. */
  | { readonly kind: 'half-open' }
  /** Closes both ends after `bytes`. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Passes every piece twice. */
  | { readonly kind: 'duplicate' }
  /** Sets the highest bit of the byte at `at` of every piece: text becomes invalid UTF-8. */
  | { readonly kind: 'corrupt'; readonly at: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Passes an end of the stream on `delayMs` late. */
  | { readonly kind: 'slow-close'; readonly delayMs: number }
) & {
  /** @default 'down' */
  readonly direction?: Direction
}

/** A TCP proxy on loopback whose faults are switched on and off while connections are open. */
export interface TcpProxy {
  readonly port: number
  /** Replaces the toxic in force, for open connections too; `undefined` heals what can be healed. */
  use(toxic: Toxic | undefined): void
  /** Resets every open connection. */
  cut(): void
  /** Stops listening, so that new connections are refused, and resets the open ones. */
  down(): Promise<void>
  /** Listens again, on the same port. */
  up(): Promise<void>
  /** Resolves when everything that was received has been passed on or swallowed. */
  quiet(): Promise<void>
  /** Bytes that reached the proxy since its start. */
  bytes(): { readonly up: number; readonly down: number }
  close(): Promise<void>
}

const SLICE_MS = 20

/** Starts a proxy to a port on this machine. Times are real: it is for tests with real sockets. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const seen = { up: 0, down: 0 }
  let toxic: Toxic | undefined
  let passing = 0
  let port = 0
  let server: Server | undefined

  const acts = (direction: 'up' | 'down'): Toxic | undefined => {
    const chosen = toxic?.direction ?? 'down'
    return chosen === 'both' || chosen === direction ? toxic : undefined
  }

  function onClient(client: Socket): void {
    const upstream = connect(targetPort, '127.0.0.1')
    const pair = [client, upstream] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
    }
    const drained = pipe('up', client, upstream)
    pipe('down', upstream, client)
    const forget = () => {
      if (client.destroyed && upstream.destroyed) pairs.delete(pair)
    }
    client.on('close', () => {
      forget()
      // What the client sent before it went away is on the wire and still arrives.
      void drained().then(() => upstream.end())
    })
    upstream.on('close', forget)
  }

  function pipe(direction: 'up' | 'down', from: Socket, to: Socket): () => Promise<void> {
    let passed = 0
    let queue: Promise<void> = Promise.resolve()
    /** In order, and counted, so that a test can wait for the last byte. */
    const enqueue = (work: () => Promise<void>) => {
      passing++
      queue = queue.then(work).finally(() => {
        passing--
      })
    }
    const write = (bytes: Buffer) => {
      if (!to.destroyed && to.writable) to.write(bytes)
    }
    from.on('data', (bytes: Buffer) => {
      seen[direction] += bytes.length
      enqueue(async () => {
        const now = acts(direction)
        switch (now?.kind) {
          case undefined:
          case 'slow-close':
            write(bytes)
            return
          case 'latency':
            await sleep(now.delayMs)
            write(bytes)
            return
          case 'black-hole':
            return
          case 'reset':
            from.resetAndDestroy()
            to.resetAndDestroy()
            return
          case 'slicer':
            for (let at = 0; at < bytes.length; at += now.bytes) {
              write(bytes.subarray(at, at + now.bytes))
              await sleep(now.delayMs)
            }
            return
          case 'half-open':
            ;(direction === 'down' ? from : to).destroy()
            return
          case 'truncate': {
            const left = Math.max(0, now.bytes - passed)
            passed += bytes.length
            write(bytes.subarray(0, left))
            if (bytes.length < left) return
            to.end()
            from.destroy()
            return
          }
          case 'duplicate':
            write(bytes)
            write(bytes)
            return
          case 'corrupt': {
            const damaged = Buffer.from(bytes)
            const at = Math.min(now.at, damaged.length - 1)
            damaged[at] = (damaged[at] ?? 0) | 0x80
            write(damaged)
            return
          }
          case 'bandwidth': {
            const size = Math.max(1, Math.floor((now.bytesPerSecond * SLICE_MS) / 1_000))
            for (let at = 0; at < bytes.length && !to.destroyed; at += size) {
              write(bytes.subarray(at, at + size))
              await sleep(SLICE_MS)
            }
            return
          }
        }
      })
    })
    const end = () =>
      enqueue(async () => {
        const now = acts(direction)
        if (now?.kind === 'half-open' || now?.kind === 'black-hole') return
        if (now?.kind === 'slow-close') await sleep(now.delayMs)
        to.end()
      })
    from.on('end', end)
    from.on('close', (hadError) => {
      // The answers' end is passed on at once; of requests, first what is still under way.
      if (hadError && direction === 'down' && acts(direction) === undefined) to.resetAndDestroy()
    })
    return () => queue
  }

  function listen(): Promise<void> {
    const listening = createServer({ allowHalfOpen: true }, onClient)
    server = listening
    return new Promise((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(port, '127.0.0.1', () => {
        port = (listening.address() as AddressInfo).port
        resolve()
      })
    })
  }

  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
  }
  const stop = async () => {
    const stopping = server
    server = undefined
    cut()
    if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()))
  }

  await listen()
  return {
    port,
    use: (next) => {
      toxic = next
    },
    cut,
    down: stop,
    up: async () => {
      if (!server) await listen()
    },
    quiet: async () => {
      do await sleep(5)
      while (passing > 0)
    },
    bytes: () => ({ ...seen }),
    close: stop,
  }
}
