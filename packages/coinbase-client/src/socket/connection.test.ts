import { FakeTime, MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import type { SocketHandlers, SocketTransport } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type ConnectionOptions, createConnection, type Subscription } from './connection.js'
import { createConnectionGate } from './connection-gate.js'

interface FakeSocket {
  readonly handlers: SocketHandlers
  readonly sent: { channel: string; atMs: number }[]
  terminated: number
  closed: number
}

function start(overrides: Partial<ConnectionOptions> = {}) {
  const time = new FakeTime()
  const startMs = time.nowMs()
  const sockets: FakeSocket[] = []
  const connectedAtMs: number[] = []
  const transport: SocketTransport = {
    connect: (_url, handlers) => {
      const socket: FakeSocket = { handlers, sent: [], terminated: 0, closed: 0 }
      sockets.push(socket)
      connectedAtMs.push(time.nowMs() - startMs)
      return {
        send: (text) =>
          void socket.sent.push({
            channel: (JSON.parse(text) as { channel: string }).channel,
            atMs: time.nowMs() - startMs,
          }),
        close: () => void socket.closed++,
        terminate: () => {
          socket.terminated++
          handlers.onClose(1006, '')
        },
      }
    },
  }
  const downs: [string, boolean][] = []
  const acks: Subscription[] = []
  const connection = createConnection({
    name: 'market',
    url: 'wss://x',
    sockets: transport,
    clock: time,
    timers: time,
    random: new SeededRandom(1),
    log: new MemoryLog(),
    metrics: new MemoryMetrics(),
    backoff: { baseMs: 1_000, maxMs: 16_000 },
    silenceMs: 5_000,
    messagesPerSecond: 4,
    maxLagMs: 10_000,
    clockSkewMs: () => undefined,
    gate: createConnectionGate({ clock: time, timers: time }),
    signMessage: undefined,
    wanted: () => [],
    onFrame: () => {},
    onAck: (request) => acks.push(request),
    onRefused: () => {},
    onOpen: () => {},
    onDown: (reason, isGap) => downs.push([reason, isGap]),
    ...overrides,
  })
  let sequence = 0
  const frame = (channel: string, events: unknown[] = [], sentAtMs?: number) =>
    sockets.at(-1)?.handlers.onText(
      JSON.stringify({
        channel,
        sequence_num: sequence++,
        events,
        ...(sentAtMs === undefined ? {} : { timestamp: new Date(sentAtMs).toISOString() }),
      }),
    )
  const open = () => {
    sequence = 0
    sockets.at(-1)?.handlers.onOpen()
  }
  /** Closes the present connection and tells how long it took to the next. */
  const failNow = async () => {
    const closedAtMs = time.nowMs() - startMs
    sockets.at(-1)?.handlers.onClose(1006, 'refused')
    await time.advance(16_000)
    return (connectedAtMs.at(-1) ?? 0) - closedAtMs
  }
  return { time, connection, sockets, downs, acks, frame, open, failNow }
}

describe('createConnection', () => {
  it('ends a connection on which nothing was heard for exactly the silence, not before', async () => {
    const { time, connection, sockets, frame, open, downs } = start()
    connection.open()
    open()
    await time.advance(4_000)
    frame('heartbeats')
    await time.advance(4_999)
    expect(sockets[0]?.terminated).toBe(0)
    await time.advance(1)
    expect(sockets[0]?.terminated).toBe(1)
    expect(downs).toEqual([['nothing heard for 5000 ms', false]])
  })

  it('ends a connection that never opens', async () => {
    const { time, connection, sockets } = start()
    connection.open()
    await time.advance(5_000)
    expect(sockets[0]?.terminated).toBe(1)
  })

  it('lives as long as heartbeats come', async () => {
    const { time, connection, sockets, frame, open } = start()
    connection.open()
    open()
    for (let second = 0; second < 60; second++) {
      await time.advance(1_000)
      frame('heartbeats')
    }
    expect(sockets).toHaveLength(1)
  })

  it('is not fooled for longer than one silence by a clock that steps back', async () => {
    const { time, connection, sockets, frame, open } = start()
    connection.open()
    open()
    frame('heartbeats')
    time.step(-3_600_000)
    // The fake timers fire on the same clock, so it has to catch up first.
    await time.advance(3_600_000 + 10_000)
    expect(sockets[0]?.terminated).toBe(1)
  })

  it('waits longer after each failure, with jitter, up to its bound', async () => {
    const { connection, failNow } = start({ silenceMs: 1e9 })
    connection.open()
    for (let attempt = 0; attempt < 8; attempt++) {
      const waitMs = await failNow()
      const ceiling = Math.min(16_000, 1_000 * 2 ** attempt)
      expect(waitMs).toBeGreaterThanOrEqual(ceiling / 2)
      expect(waitMs).toBeLessThanOrEqual(ceiling)
    }
  })

  it('starts over with short waits only once everything it wants is delivered again', async () => {
    const wanted: Subscription[] = [{ channel: 'user', productIds: [] }]
    const { time, connection, frame, open, failNow } = start({ wanted: () => wanted, silenceMs: 1e9 })
    connection.open()
    const failAfter = async (acks: number) => {
      open()
      await time.advance(0)
      for (let count = 0; count < acks; count++) frame('subscriptions', [{ subscriptions: {} }])
      return failNow()
    }
    expect(await failAfter(1)).toBeLessThanOrEqual(1_000)
    expect(await failAfter(1)).toBeGreaterThanOrEqual(1_000)
    expect(await failAfter(1)).toBeGreaterThanOrEqual(2_000)
    expect(await failAfter(2)).toBeLessThanOrEqual(1_000)
  })

  it('keeps to the messages a second that the venue takes', async () => {
    const wanted = Array.from({ length: 9 }, (): Subscription => ({ channel: 'ticker', productIds: ['BTC-USD'] }))
    const { time, connection, sockets, open } = start({ wanted: () => wanted, silenceMs: 60_000 })
    connection.open()
    open()
    await time.advance(3_000)
    const sent = sockets[0]?.sent ?? []
    expect(sent).toHaveLength(10)
    expect(sent[0]?.channel).toBe('heartbeats')
    for (const { atMs } of sent) {
      expect(sent.filter((each) => each.atMs >= atMs && each.atMs < atMs + 1_000).length).toBeLessThanOrEqual(8)
    }
    expect(sent.at(-1)?.atMs).toBeGreaterThanOrEqual(1_500)
  })

  it('sends nothing that was signed for a connection that is gone', async () => {
    let release = (_token: string) => {}
    const { time, connection, sockets, open } = start({
      signMessage: () =>
        new Promise((resolve) => {
          release = resolve
        }),
    })
    connection.open()
    open()
    await time.advance(0)
    const releaseOld = release
    sockets[0]?.handlers.onClose(1001, '')
    await time.advance(1_000)
    expect(sockets).toHaveLength(2)
    releaseOld('token')
    await time.advance(0)
    expect(sockets.map((socket) => socket.sent)).toEqual([[], []])
  })

  it('comes back when a subscription cannot be signed', async () => {
    const { time, connection, sockets, open, downs } = start({
      signMessage: () => Promise.reject(new Error('HSM away')),
    })
    connection.open()
    open()
    await time.advance(1_000)
    expect(downs[0]?.[0]).toContain('HSM away')
    expect(sockets).toHaveLength(2)
  })

  it('takes one acknowledgement for several requests where it covers them', async () => {
    const wanted: Subscription[] = [
      { channel: 'ticker', productIds: ['BTC-USD'] },
      { channel: 'level2', productIds: ['BTC-USD'] },
    ]
    const { time, connection, acks, frame, open } = start({ wanted: () => wanted })
    connection.open()
    open()
    await time.advance(0)
    frame('subscriptions', [
      { subscriptions: { heartbeats: ['heartbeats'], ticker: ['BTC-USD'], level2: ['BTC-USD'] } },
    ])
    expect(acks.map((each) => each.channel)).toEqual(['heartbeats', 'ticker', 'level2'])
  })

  it('drops the connection when a frame cannot be handled, and lives on', async () => {
    const { time, connection, sockets, frame, open, downs } = start({
      onFrame: () => {
        throw new Error('bug')
      },
    })
    connection.open()
    open()
    frame('l2_data')
    expect(downs).toEqual([['a l2_data frame could not be handled', true]])
    await time.advance(1_000)
    expect(sockets).toHaveLength(2)
  })

  it('tells how far behind the venue it is, and leaves a backlog for a fresh start', async () => {
    const metrics = new MemoryMetrics()
    const { time, connection, sockets, frame, open, downs } = start({ silenceMs: 1e9, metrics, maxLagMs: 3_000 })
    connection.open()
    open()
    const sentMs = time.nowMs() - 500
    frame('heartbeats', [], sentMs)
    // Without a measured skew the promptest frame is the measure, so a clock that is off does not look like lag.
    expect(connection.lagMs()).toBe(0)
    await time.advance(3_000)
    frame('heartbeats', [], sentMs + 1_000)
    expect(connection.lagMs()).toBe(2_000)
    expect(metrics.samples).toContainEqual(
      expect.objectContaining({ kind: 'gauge', name: 'websocket_lag_ms', value: 2_000 }),
    )
    await time.advance(3_000)
    frame('l2_data', [], sentMs + 2_000)
    expect(downs).toEqual([['frames arrive 4000 ms late', false]])
    expect(connection.lagMs()).toBeUndefined()
    await time.advance(1_000)
    expect(sockets).toHaveLength(2)
  })

  it('measures lag against the venue’s clock once its skew is known', async () => {
    const { time, connection, frame, open } = start({ clockSkewMs: () => 250 })
    connection.open()
    open()
    frame('heartbeats', [], time.nowMs() - 750)
    expect(connection.lagMs()).toBe(1_000)
  })

  it('starts anew when the venue takes back what it had acknowledged', async () => {
    const wanted: Subscription[] = [
      { channel: 'ticker', productIds: ['BTC-USD'] },
      { channel: 'level2', productIds: ['BTC-USD'] },
    ]
    const { time, connection, frame, open, downs } = start({ wanted: () => wanted })
    connection.open()
    open()
    await time.advance(0)
    frame('subscriptions', [{ subscriptions: { heartbeats: ['heartbeats'], ticker: ['BTC-USD'] } }])
    frame('subscriptions', [{ subscriptions: { heartbeats: ['heartbeats'], level2: ['BTC-USD'] } }])
    expect(downs).toEqual([['the venue no longer delivers ticker of BTC-USD', true]])
  })

  it('waits its turn behind other connections of the process, and gives up its place when closed', async () => {
    const time = new FakeTime()
    const gate = createConnectionGate({ clock: time, timers: time, maxOpen: 1 })
    const first = start({ gate })
    const second = start({ gate })
    const third = start({ gate })
    for (const each of [first, second, third]) each.connection.open()
    expect([first, second, third].map((each) => each.sockets.length)).toEqual([1, 0, 0])
    expect(second.connection.isOpened()).toBe(true)
    second.connection.close()
    first.sockets[0]?.handlers.onClose(1001, '')
    expect([first, second, third].map((each) => each.sockets.length)).toEqual([1, 0, 1])
  })

  it('does nothing more once it is closed', async () => {
    const { time, connection, sockets, frame, open, downs } = start()
    connection.open()
    open()
    frame('heartbeats')
    connection.close()
    sockets[0]?.handlers.onClose(1000, '')
    await time.advance(3_600_000)
    connection.open()
    expect(sockets).toHaveLength(1)
    expect(downs).toEqual([])
    expect(connection.isLive()).toBe(false)
    expect(sockets[0]?.closed).toBe(1)
  })
})
