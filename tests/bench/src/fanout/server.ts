import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { createPaperExchange, DEFAULT_PRODUCTS, type ListedProduct } from '@tidegate/paper-exchange'
import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'
import type { Scale } from '../contender.js'
import { stopwatch } from '../stopwatch.js'
import { type FanoutShape, fanoutShape, productName, stampMicros } from './shape.js'

/** What the server's process reports at the end. */
export interface ServerReport {
  /** Processor seconds per second of the run. */
  readonly cpuShare: number
  /** Bytes that waited in all sockets together, sampled every 100 ms. */
  readonly waitingBytes: readonly number[]
  readonly updatesOffered: number
  readonly rssGrowthMb: number
}

const middle = 1_000_000
const satoshi = new Decimal('0.00000001')

/** The exchange under test with a market that keeps to a timetable; runs in a process of its own. */
export async function serveFanout(scale: Scale): Promise<void> {
  const shape = fanoutShape(scale)
  const epochMs = Date.now() - 1_000
  const sockets = new Set<Socket>()
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const market = timetable(shape, epochMs)
  const exchange = await createPaperExchange({ products: productsOf(shape), prices: market.source, requireAuth: false })
  process.on('message', (message) => {
    if (message === 'go') void measure()
    else void exchange.close().then(() => process.exit(0))
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ url: exchange.ws, epochMs })

  async function measure(): Promise<void> {
    market.start()
    await pause(shape.warmupSeconds * 1_000)
    const stop = stopwatch()
    const rssBefore = process.memoryUsage().rss
    const before = market.offered()
    const waitingBytes: number[] = []
    const endsAt = performance.now() + shape.seconds * 1_000
    while (performance.now() < endsAt) {
      await pause(100)
      waitingBytes.push([...sockets].reduce((sum, socket) => sum + socket.writableLength, 0))
    }
    const { cpuSeconds, wallSeconds } = stop()
    const report: ServerReport = {
      cpuShare: cpuSeconds / wallSeconds,
      waitingBytes,
      updatesOffered: market.offered() - before,
      rssGrowthMb: (process.memoryUsage().rss - rssBefore) / 1_048_576,
    }
    market.stop()
    process.send?.(report)
  }
}

/**
 * Book updates at fixed moments, each product at its own phase. Sizes carry the moment at which the update was due, not the one at which
 * the timer got round to it: a server that falls behind cannot hide it.
 */
function timetable(shape: FanoutShape, epochMs: number) {
  const { products, updatesPerSecond, levelsPerUpdate } = shape
  const periodMicros = 1_000_000 / updatesPerSecond
  let sink: ((event: PriceEvent) => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let offered = 0
  let startMicros = 0
  const sent = Array.from({ length: products }, () => 0)
  const changes = (turn: number, size: Decimal) =>
    Array.from({ length: levelsPerUpdate }, (_, place) => {
      const isBid = (turn + place) % 2 === 0
      const distance = 1 + ((turn * 7 + place) % 50)
      const price = new Decimal(middle + (isBid ? -distance : distance)).div(100)
      return { side: isBid ? ('bid' as const) : ('ask' as const), price, size }
    })
  const source: PriceSource = {
    name: 'timetable',
    open(listener) {
      sink = listener
      for (let product = 0; product < products; product++) {
        const levels = Array.from({ length: 100 }, (_, turn) => changes(turn, satoshi)).flat()
        listener({
          kind: 'levels',
          productId: productName(product),
          atMs: Date.now(),
          isSnapshot: true,
          changes: levels,
        })
      }
      return () => clearInterval(timer)
    },
  }
  const tick = () => {
    const nowMicros = stampMicros(epochMs)
    for (let product = 0; product < products; product++) {
      const phase = (periodMicros * product) / products
      for (;;) {
        const turn = sent[product] ?? 0
        const dueMicros = Math.round(startMicros + phase + turn * periodMicros)
        if (dueMicros > nowMicros) break
        sent[product] = turn + 1
        offered++
        const size = satoshi.mul(dueMicros)
        sink?.({
          kind: 'levels',
          productId: productName(product),
          atMs: Date.now(),
          isSnapshot: false,
          changes: changes(turn, size),
        })
      }
    }
  }
  return {
    source,
    offered: () => offered,
    start() {
      startMicros = stampMicros(epochMs)
      timer = setInterval(tick, 2)
    },
    stop: () => clearInterval(timer),
  }
}

function productsOf({ products }: FanoutShape): readonly ListedProduct[] {
  const [pattern] = DEFAULT_PRODUCTS
  if (!pattern) throw new Error('there is no product to copy')
  return Array.from({ length: products }, (_, index) => ({
    ...pattern,
    productId: productName(index),
    displayName: productName(index),
    baseCurrency: productName(index).split('-')[0] ?? '',
    aliasTo: [],
  }))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
