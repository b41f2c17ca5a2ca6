import { createCoinbaseFeed, createConnectionGate, createKeySigner, createWsTransport } from '@tidegate/coinbase-client'
import type { ClockPace } from '@tidegate/paper-exchange'
import { MemoryLog, SeededRandom } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { watchedBook } from './watched-book.js'
import { clock, openWorld, PRODUCT, resting, timers, until, type World, wordOf } from './world.js'

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

const paces: readonly (readonly [name: string, pace: ClockPace])[] = [
  ['stands still', { kind: 'stepped' }],
  ['stands still, months ago', { kind: 'stepped', startMs: Date.UTC(2026, 0, 5, 12) }],
  ['runs sixty times as fast', { kind: 'accelerated', speed: 60 }],
]

/** Our feed, less patient than in life so that a test need not wait: a frame 300 ms late is too late. */
function impatientFeed(world: World) {
  const book = watchedBook()
  const feed = createCoinbaseFeed({
    marketUrl: world.exchange.ws,
    userUrl: world.exchange.ws,
    signer: createKeySigner(world.exchange.keyName, world.exchange.privateKeyPem),
    clock,
    timers,
    random: new SeededRandom(9),
    sockets: createWsTransport({ handshakeTimeoutMs: 1_000 }),
    books: book.sink,
    log: new MemoryLog(),
    metrics: { count: () => {}, observe: () => {}, gauge: () => {} },
    clockSkewMs: () => world.client.venueClock.skewMs(),
    maxLagMs: 300,
    messagesPerSecond: 1_000,
    gate: createConnectionGate({ clock, timers, perSecond: 100 }),
  })
  open.push(feed)
  return { feed, book }
}

describe.each(paces)('our client on an exchange whose clock %s', (_name, pace) => {
  it('does not find its feed stale, before and after a step, and trades by the venue’s time', async () => {
    const world = await openWorld({ pace })
    open.push(world)
    await world.client.measureClock()
    const { feed, book } = impatientFeed(world)
    const complaints: string[] = []
    feed.listen({ onGap: (reason) => complaints.push(reason) })
    await feed.subscribe([PRODUCT])
    await feed.subscribeUser()
    await until(() => book.isValid())
    const beats = async (count: number) => {
      for (let beat = 0; beat < count; beat++) {
        const seen = feed.status().lastFrameAtMs
        await until(() => feed.status().lastFrameAtMs !== seen)
      }
    }
    await beats(2)
    if (pace.kind === 'stepped') world.exchange.clock.advance(60_000)
    await beats(2)
    expect(complaints).toEqual([])
    expect(feed.status()).toMatchObject({ state: 'live', reconnects: 0, gaps: 0 })
    expect(feed.status().lagMs).toBeLessThan(300)
    expect(await wordOf(world.client.createOrder({ clientOrderId: 'a', terms: resting }))).toBe('applied')
  })
})
