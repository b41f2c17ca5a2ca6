import { WebSocket } from 'ws'
import type { Scale } from '../contender.js'
import { quantile } from '../statistics.js'
import { fanoutShape, productName, stampMicros } from './shape.js'

/** Lag in one second of the run: from the moment an update was due to its arrival, in ms. */
export interface LagWindow {
  readonly second: number
  readonly frames: number
  readonly p50: number
  readonly p99: number
}

/** What the receivers' process reports at the end. */
export interface ReceiversReport {
  readonly windows: readonly LagWindow[]
  readonly sequenceGaps: number
  readonly bytes: number
  readonly cpuShare: number
}

const sizeMark = Buffer.from('"new_quantity":"')
const sequenceMark = Buffer.from('"sequence_num":')

/** All subscribers, in a process of their own: the server's lag is not to be theirs. */
export function serveFanoutReceivers(scale: Scale): void {
  process.on('message', (message: { url: string; epochMs: number } | 'report') => {
    if (message !== 'report') void listen(message.url, message.epochMs, scale)
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.('ready')
}

async function listen(url: string, epochMs: number, scale: Scale): Promise<void> {
  const shape = fanoutShape(scale)
  const lags = new Map<number, number[]>()
  let sequenceGaps = 0
  let bytes = 0
  let firstMicros: number | undefined
  const receive = () => {
    let expected = 0
    return (data: Buffer) => {
      const nowMicros = stampMicros(epochMs)
      const sequence = numberAfter(data, sequenceMark)
      if (sequence !== expected) sequenceGaps++
      expected = sequence + 1
      bytes += data.length
      if (!isUpdate(data)) return
      const dueMicros = sizeAsMicros(data)
      firstMicros ??= dueMicros
      const second = Math.floor((dueMicros - firstMicros) / 1_000_000)
      const window = lags.get(second)
      if (window) window.push((nowMicros - dueMicros) / 1_000)
      else lags.set(second, [(nowMicros - dueMicros) / 1_000])
    }
  }
  const open = Array.from({ length: shape.sockets }, async (_, socketIndex) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const products = Array.from({ length: shape.productsPerSocket }, (__, place) =>
      productName((socketIndex * shape.productsPerSocket + place) % shape.products),
    )
    const subscribed = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('"channel":"subscriptions"')) resolve()
      })
    })
    socket.on('message', receive())
    socket.send(JSON.stringify({ type: 'subscribe', channel: 'level2', product_ids: products }))
    await subscribed
    return socket
  })
  await Promise.all(open)
  process.send?.('subscribed')
  const before = process.cpuUsage()
  const startedAt = performance.now()
  process.on('message', (message) => {
    if (message !== 'report') return
    const { user, system } = process.cpuUsage(before)
    const windows = [...lags].map(([second, values]) => {
      const sorted = values.sort((a, b) => a - b)
      return { second, frames: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
    })
    const report: ReceiversReport = {
      windows: windows.sort((a, b) => a.second - b.second),
      sequenceGaps,
      bytes,
      cpuShare: (user + system) / 1_000 / (performance.now() - startedAt),
    }
    process.send?.(report)
  })
}

function isUpdate(data: Buffer): boolean {
  return data.includes('"type":"update"')
}

/** The last size of the frame: of several updates in one frame the newest wins or is as good as any. */
function sizeAsMicros(data: Buffer): number {
  const from = data.indexOf(sizeMark) + sizeMark.length
  const text = data.toString('latin1', from, data.indexOf('"', from))
  return Math.round(Number(text) * 1e8)
}

function numberAfter(data: Buffer, mark: Buffer): number {
  const from = data.indexOf(mark) + mark.length
  return Number.parseInt(data.toString('latin1', from, from + 12), 10)
}
