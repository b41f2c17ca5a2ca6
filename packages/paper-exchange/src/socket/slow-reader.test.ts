import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { testSocket } from '../testing/test-client.js'
import { type ServerSocket, SocketSession } from './socket-session.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A connection on whose other end nobody reads. */
class UnreadSocket implements ServerSocket {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  most = 0

  send(text: string): void {
    this.bufferedAmount += Buffer.byteLength(text)
    this.most = Math.max(this.most, this.bufferedAmount)
  }

  close(): void {}

  terminate(): void {
    this.readyState = 3
    this.bufferedAmount = 0
  }

  on(): void {}
}

describe('a reader that does not read', () => {
  it('is cut off once its limit is passed, and never holds more than that and one frame', () => {
    const socket = new UnreadSocket()
    const cutOff: number[] = []
    const session = new SocketSession(
      socket,
      new FakeTime(),
      {
        pass: ({ eventsJson, deliver }) => {
          deliver(eventsJson)
          return 'sent'
        },
      },
      { maxBufferedBytes: 10_000, onCutOff: (bytes) => cutOff.push(bytes) },
    )
    const events = JSON.stringify([{ filler: 'x'.repeat(900) }])
    for (let count = 0; count < 1_000; count++) session.send('l2_data', events)
    expect(socket.readyState).toBe(3)
    expect(cutOff).toHaveLength(1)
    expect(cutOff[0]).toBeGreaterThan(10_000)
    expect(socket.most).toBeLessThan(10_000 + 1_100)
  })

  it('does not hold up its neighbour on the same exchange', async () => {
    const time = new FakeTime()
    const log = new MemoryLog()
    const prices = handPrices()
    const exchange = await createPaperExchange({
      clock: time,
      timers: time,
      log,
      prices: prices.source,
      rateLimits: 'off',
      sockets: { maxBufferedBytes: 100_000 },
    })
    closing.push(() => exchange.close())
    const subscription = { channel: 'level2', product_ids: ['BTC-USD'] }
    const slow = await testSocket(exchange.ws)
    const quick = await testSocket(exchange.ws)
    closing.push(slow.terminate, quick.terminate)
    await slow.subscribe(subscription)
    await quick.subscribe(subscription)
    slow.socket.pause()
    // Large frames, until the kernel's buffers between the two ends are full and the rest piles up on ours.
    const levels = Array.from({ length: 4_000 }, (_, index) => `${index + 1}.01`)
    for (let turn = 1; !log.entries.some(({ event }) => event === 'paper_socket_too_slow'); turn++) {
      const arrived = quick.next((frame) => frame.channel === 'l2_data')
      prices.show(
        levels.map((price) => ['bid', price, String(turn)] as const),
        false,
      )
      await time.advance(60)
      await arrived
      expect(turn).toBeLessThan(500)
    }
    slow.socket.resume()
    expect(await slow.closed()).toBe(1006)
    const after = quick.next((frame) => frame.channel === 'l2_data')
    prices.show([['bid', '1.01', '7']], false)
    await time.advance(60)
    await after
    expect(quick.frames.map((frame) => frame.sequence_num)).toEqual(quick.frames.map((_, index) => index))
  })
})
