import { MemoryLog, SeededRandom } from '@tidegate/testkit'
import type { BookSink, Clock, Metrics, SocketHandlers, SocketTransport, Timers } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { createCoinbaseFeed } from './coinbase-feed.js'
import { createConnectionGate } from './connection-gate.js'

const RUNS = 40
const FRAMES_PER_RUN = 25_000
const PRODUCTS = ['BTC-USD', 'ETH-USD']
const noMetrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }

/** One number that stands for a level; all levels together are the sum, so that books compare in one step. */
function weigh(side: string, ticks: number, units: number): number {
  return units === 0 ? 0 : ((ticks * 31 + units * 17 + (side === 'bid' ? 7 : 3)) % 1_000_003) + 1
}

/** The book as its owner has it: a map of levels, nothing else. */
class NaiveBook {
  readonly levels = new Map<string, number>()
  sum = 0
  set(side: string, ticks: number, units: number): void {
    const key = `${side} ${ticks}`
    this.sum += weigh(side, ticks, units) - weigh(side, ticks, this.levels.get(key) ?? 0)
    if (units === 0) this.levels.delete(key)
    else this.levels.set(key, units)
  }
}

/** The client's sink; counts what it holds by the same number, from its own levels. */
function countingSink() {
  const books = new Map(PRODUCTS.map((id) => [id, { book: new NaiveBook(), isValid: false }]))
  const sink: BookSink = {
    invalidateAll: () => {
      for (const each of books.values()) each.isValid = false
    },
    open: (productId) => {
      const held = books.get(productId)
      return (
        held && {
          priceDecimals: 0,
          sizeDecimals: 0,
          beginSnapshot: () => {
            held.book = new NaiveBook()
          },
          level: (side, ticks, units) => held.book.set(side, ticks, units),
          commit: () => {
            held.isValid = true
          },
          invalidate: () => {
            held.isValid = false
          },
        }
      )
    },
  }
  return { sink, books }
}

/** Timers that fire when the test says so: a reconnect is then one call. */
function handTimers() {
  const due = new Set<() => void>()
  const schedule = (run: () => void) => {
    const fire = () => {
      due.delete(fire)
      run()
    }
    due.add(fire)
    return { cancel: () => void due.delete(fire) }
  }
  const timers: Timers = {
    after: (_ms, run) => schedule(run),
    every: (_ms, run) => schedule(run),
    sleep: () => new Promise(() => {}),
  }
  const fireAll = () => {
    // What firing schedules is for the next time.
    const now = [...due]
    for (const fire of now) fire()
  }
  return { timers, fireAll }
}

/** A venue with a mind of its own and a network that drops, repeats and reorders what it sends. */
function run(seed: number) {
  const random = new SeededRandom(seed)
  const { sink, books } = countingSink()
  const { timers, fireAll } = handTimers()
  let nowMs = 1_000_000
  const clock: Clock = { nowMs: () => nowMs }
  const truth = new Map(PRODUCTS.map((id) => [id, new NaiveBook()]))
  let handlers: SocketHandlers | undefined
  let isOpen = false
  const sockets: SocketTransport = {
    connect: (_url, given) => {
      handlers = given
      isOpen = true
      return {
        send: () => {},
        close: () => {},
        terminate: () => {
          isOpen = false
          given.onClose(1006, '')
        },
      }
    },
  }
  const feed = createCoinbaseFeed({
    marketUrl: 'wss://venue.example',
    userUrl: 'wss://venue.example',
    clock,
    timers,
    random,
    sockets,
    books: sink,
    log: new MemoryLog(),
    metrics: noMetrics,
    silenceMs: 1e9,
    gate: createConnectionGate({ clock, timers, perSecond: 1e9 }),
  })
  void feed.subscribe(PRODUCTS).catch(() => {})

  let sequence = 0
  /** What each book was after each frame of this connection, by product. */
  let after: number[][] = []
  let inOrder = 0
  let late: { sequence: number; text: string } | undefined
  const tally = { messages: 0, changes: 0, drops: 0, duplicates: 0, reorders: 0, gaps: 0, compared: 0, wrong: 0 }

  const frame = (channel: string, event: string) => {
    const text = `{"channel":"${channel}","timestamp":"","sequence_num":${sequence},"events":[${event}]}`
    after.push(PRODUCTS.map((id) => truth.get(id)?.sum ?? 0))
    return { sequence: sequence++, text }
  }
  const change = (id: string, book: NaiveBook, isSnapshot: boolean) => {
    const updates: string[] = []
    const count = isSnapshot ? 20 : 1 + random.below(3)
    for (let index = 0; index < count; index++) {
      const side = random.below(2) === 0 ? 'bid' : 'offer'
      const ticks = 1 + random.below(60)
      const units = random.below(3) === 0 ? 0 : 1 + random.below(1_000)
      book.set(side === 'bid' ? 'bid' : 'ask', ticks, units)
      updates.push(`{"side":"${side}","price_level":"${ticks}","new_quantity":"${units}"}`)
    }
    tally.changes += count
    return `{"type":"${isSnapshot ? 'snapshot' : 'update'}","product_id":"${id}","updates":[${updates.join(',')}]}`
  }
  const deliver = (sent: { sequence: number; text: string }) => {
    if (!isOpen) return
    tally.messages++
    handlers?.onText(sent.text)
    if (sent.sequence === inOrder) inOrder++
    check()
  }
  /** The one promise: a book that says it is valid is the venue's, as of the last frame that came in order. */
  const check = () => {
    for (const [index, id] of PRODUCTS.entries()) {
      const held = books.get(id)
      if (!held?.isValid) continue
      tally.compared++
      if (held.book.sum !== after[inOrder - 1]?.[index]) tally.wrong++
    }
  }
  const connect = () => {
    sequence = 0
    inOrder = 0
    after = []
    late = undefined
    for (const id of PRODUCTS) {
      truth.set(id, new NaiveBook())
      // A snapshot may be lost as well: then this connection never has a book.
      const sent = frame('l2_data', change(id, truth.get(id) as NaiveBook, true))
      if (random.below(20) > 0) deliver(sent)
      else tally.drops++
    }
  }

  connect()
  const faultEvery = [50, 300, 2_000][seed % 3] as number
  for (let count = 0; count < FRAMES_PER_RUN; count++) {
    nowMs += 10
    if (!isOpen) {
      // While it is down no book may claim to be one.
      if (!feed.status().state.startsWith('down') || [...books.values()].some((each) => each.isValid)) tally.wrong++
      tally.gaps++
      fireAll()
      connect()
    }
    const id = PRODUCTS[random.below(PRODUCTS.length)] as string
    const sent =
      random.below(40) === 0
        ? frame('heartbeats', '{"heartbeat_counter":1}')
        : frame('l2_data', change(id, truth.get(id) as NaiveBook, false))
    if (late) {
      deliver(sent)
      deliver(late)
      late = undefined
      continue
    }
    switch (random.below(faultEvery)) {
      case 0:
        tally.drops++
        break
      case 1:
        tally.duplicates++
        deliver(sent)
        deliver(sent)
        break
      case 2:
        tally.reorders++
        late = sent
        break
      default:
        deliver(sent)
    }
  }
  // And the levels themselves, one by one, where the sums agree.
  for (const id of PRODUCTS) {
    const held = books.get(id)
    if (held?.isValid && inOrder === sequence) expect(held.book.levels).toEqual(truth.get(id)?.levels)
  }
  feed.close()
  return tally
}

describe('books on a network that drops, repeats and reorders', () => {
  it('are the venue’s or say that they are none, over a million messages', () => {
    const total: Record<string, number> = {}
    for (let seed = 1; seed <= RUNS; seed++) {
      const tally = run(seed)
      expect(tally.wrong, `seed ${seed}`).toBe(0)
      for (const [name, count] of Object.entries(tally)) total[name] = (total[name] ?? 0) + count
    }
    if (process.env['SHOW_FIGURES']) process.stdout.write(`${JSON.stringify(total)}\n`)
    // The promise is worth something only if faults struck and books were valid in between.
    expect((total['messages'] ?? 0) + (total['drops'] ?? 0)).toBeGreaterThanOrEqual(900_000)
    expect(total['changes']).toBeGreaterThanOrEqual(1_000_000)
    for (const name of ['drops', 'duplicates', 'reorders', 'gaps']) expect(total[name], name).toBeGreaterThan(500)
    expect(total['compared']).toBeGreaterThan(500_000)
  }, 120_000)
})
