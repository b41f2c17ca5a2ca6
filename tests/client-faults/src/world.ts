import dns from 'node:dns'
import {
  createAxiosTransport,
  createCoinbaseClient,
  createCoinbaseFeed,
  createConnectionGate,
  createKeySigner,
  createWsTransport,
} from '@tidegate/coinbase-client'
import { createPaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog, SeededRandom, startTcpProxy } from '@tidegate/testkit'
import type { BookSink, Clock, Metrics, Timers } from '@tidegate/trading-model'
import { movingBook } from './moving-book.js'
import type { Trouble } from './toxics.js'

export const clock: Clock = { nowMs: () => Date.now() }
export const timers: Timers = {
  after: (ms, run) => {
    const handle = setTimeout(run, ms)
    return { cancel: () => clearTimeout(handle) }
  },
  every: (ms, run) => {
    const handle = setInterval(run, ms)
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
const metrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }
const budget = { take: async () => {}, pause: () => {} }

/** The product whose book moves, and the one that orders are placed on. */
export const MOVING = 'ETH-USD'
export const STILL = 'BTC-USD'

/** One exchange for all scenarios, and the ways to it. */
export async function openWorld() {
  const book = movingBook(MOVING, [STILL])
  const exchange = await createPaperExchange({
    seed: 7,
    rateLimits: 'off',
    prices: book.source,
    initialBalances: { USD: '10000000' },
  })
  const port = Number(new URL(exchange.rest).port)
  const signer = createKeySigner(exchange.keyName, exchange.privateKeyPem)
  const open: { close(): unknown }[] = []

  function clientAt(restUrl: string, timeoutMs: number) {
    const http = createAxiosTransport()
    open.push(http)
    return createCoinbaseClient({
      environment: 'paper',
      restUrl,
      signer,
      clock,
      timers,
      random: new SeededRandom(5),
      http,
      budget,
      log: new MemoryLog(),
      metrics,
      timeoutMs,
      readAttempts: 2,
      backoff: { baseMs: 5, maxMs: 20 },
    })
  }

  /** A client's way to the exchange, with a trouble in it that can be switched on and off. */
  async function pathWith(trouble: Trouble) {
    const proxy = await startTcpProxy(port)
    open.push(proxy)
    const hasNoName = trouble.name === 'no such host'
    const host = `${hasNoName ? 'localhost' : '127.0.0.1'}:${proxy.port}`
    return {
      proxy,
      host,
      client: clientAt(`http://${host}`, trouble.timeoutMs),
      begin: async () => {
        if (hasNoName) {
          unresolvable.add(proxy.port)
          proxy.cut()
        } else if (trouble.toxic) proxy.use(trouble.toxic)
        else await proxy.down()
      },
      /** Over; everything that was under way has arrived or never will. */
      end: async () => {
        await proxy.quiet()
        unresolvable.delete(proxy.port)
        proxy.use(undefined)
        await proxy.up()
        await direct.getServerTime()
      },
    }
  }

  function feedAt(host: string, books: BookSink, silenceMs: number) {
    const feed = createCoinbaseFeed({
      marketUrl: `ws://${host}`,
      userUrl: `ws://${host}`,
      signer,
      clock,
      timers,
      random: new SeededRandom(9),
      sockets: createWsTransport({ handshakeTimeoutMs: 1_000 }),
      books,
      log: new MemoryLog(),
      metrics,
      silenceMs,
      maxLagMs: 2_000,
      ackTimeoutMs: 20_000,
      backoff: { baseMs: 30, maxMs: 200 },
      messagesPerSecond: 1_000,
      gate: createConnectionGate({ clock, timers, perSecond: 100 }),
    })
    open.push(feed)
    return feed
  }

  const direct = clientAt(exchange.rest, 30_000)
  const stopLookups = breakLookups()
  return {
    exchange,
    book,
    direct,
    pathWith,
    feedAt,
    close: async () => {
      stopLookups()
      await Promise.all(open.map((each) => each.close()))
      await exchange.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>

/** Ports to which the name `localhost` leads nowhere; names are looked up without a port, so one at a time. */
const unresolvable = new Set<number>()

/** While a port is unresolvable, looking up `localhost` fails as it does without a name server. */
function breakLookups(): () => void {
  const real = dns.lookup
  const failing = ((hostname: string, ...rest: unknown[]) => {
    const callback = rest.at(-1) as (error: Error) => void
    if (hostname !== 'localhost' || unresolvable.size === 0)
      return Reflect.apply(real, dns, [hostname, ...rest]) as unknown
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND localhost'), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    })
    process.nextTick(() => callback(error))
    return undefined
  }) as typeof dns.lookup
  dns.lookup = failing
  return () => {
    dns.lookup = real
  }
}
