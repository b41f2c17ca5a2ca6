import {
  createAxiosTransport,
  createCoinbaseClient,
  createCoinbaseFeed,
  createConnectionGate,
  createKeySigner,
  createWsTransport,
} from '@tidegate/coinbase-client'
import { createPaperExchange, type Fault, type PaperExchangeOptions } from '@tidegate/paper-exchange'
import { MemoryLog, SeededRandom } from '@tidegate/testkit'
import {
  type BookSink,
  type Clock,
  Decimal,
  type Metrics,
  type OrderTerms,
  type Timers,
  VenueError,
} from '@tidegate/trading-model'

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

export const PRODUCT = 'BTC-USD'

/** Far below the market: it rests. */
export const resting: OrderTerms = {
  productId: PRODUCT,
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  size: { kind: 'base', baseSize: new Decimal('0.001') },
  limitPrice: new Decimal('1000'),
  postOnly: false,
}

/** Our client against one exchange of its own; faults are asked for over the control endpoint, as anybody would. */
export async function openWorld(options: PaperExchangeOptions = {}) {
  const exchange = await createPaperExchange({ seed: 7, rateLimits: 'off', controlPort: 0, ...options })
  const signer = createKeySigner(exchange.keyName, exchange.privateKeyPem)
  const http = createAxiosTransport()
  const client = createCoinbaseClient({
    environment: 'paper',
    restUrl: exchange.rest,
    signer,
    clock,
    timers,
    random: new SeededRandom(5),
    http,
    budget: { take: async () => {}, pause: () => {} },
    log: new MemoryLog(),
    metrics,
    timeoutMs: 1_000,
    readAttempts: 3,
    backoff: { baseMs: 5, maxMs: 20 },
  })
  const open: { close(): unknown }[] = []

  async function ask(fault: Fault): Promise<void> {
    const answer = await fetch(`${exchange.control?.url}/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${exchange.control?.token}` },
      body: JSON.stringify(fault),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  function feedInto(books: BookSink, silenceMs = 2_500) {
    const feed = createCoinbaseFeed({
      marketUrl: exchange.ws,
      userUrl: exchange.ws,
      signer,
      clock,
      timers,
      random: new SeededRandom(9),
      sockets: createWsTransport({ handshakeTimeoutMs: 1_000 }),
      books,
      log: new MemoryLog(),
      metrics,
      silenceMs,
      backoff: { baseMs: 30, maxMs: 200 },
      messagesPerSecond: 1_000,
      gate: createConnectionGate({ clock, timers, perSecond: 100 }),
    })
    open.push(feed)
    return feed
  }

  return {
    exchange,
    client,
    ask,
    feedInto,
    close: async () => {
      for (const each of open) await each.close()
      http.close()
      await exchange.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>

/** The word for what a command came to: `applied`, or the outcome of the error it threw. */
export function wordOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'applied',
    (error: unknown) => (error instanceof VenueError ? error.outcome : `not a venue error: ${String(error)}`),
  )
}

/** Resolves when it is so; a suite that waits in vain ends by its own time limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await timers.sleep(10)
}
