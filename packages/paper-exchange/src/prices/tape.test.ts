import { FakeTime, MemoryDisk } from '@tidegate/testkit'
import { Decimal, type PriceEvent } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordTape } from './record-tape.js'
import { createSyntheticPrices } from './synthetic.js'
import { formatTapeLine, readTape } from './tape.js'
import { createTapePrices } from './tape-prices.js'

const path = '/tapes/one.jsonl'

/** Records some seconds of a synthetic market. */
async function record(seconds: number) {
  const time = new FakeTime()
  const disk = new MemoryDisk()
  const events: PriceEvent[] = []
  const synthetic = createSyntheticPrices({ seed: 5, clock: time, timers: time })
  const source = {
    name: synthetic.name,
    open: (sink: (event: PriceEvent) => void) =>
      synthetic.open((event) => {
        if (event.productId !== 'SOL-USD') events.push(event)
        sink(event)
      }),
  }
  const productIds = ['BTC-USD', 'ETH-USD', 'TONE-USD']
  const recording = recordTape({ source, productIds, disk, path, clock: time })
  await time.advance(seconds * 1_000)
  return { time, disk, events, recording }
}

async function play(text: string, ms: number, startMs?: number) {
  const time = new FakeTime(startMs)
  const prices = createTapePrices({ text, name: 'one', clock: time, timers: time })
  const events: PriceEvent[] = []
  const stop = prices.open((event) => events.push(event))
  await time.advance(ms)
  stop()
  return { events, prices, startMs: time.nowMs() - ms }
}

const without = (events: readonly PriceEvent[], shiftMs: number) =>
  JSON.stringify(events.map((event) => ({ ...event, atMs: event.atMs - shiftMs })))

describe('a tape', () => {
  it('plays what was recorded, to the digit, in the same rhythm', async () => {
    const { time, disk, events, recording } = await record(10)
    recording.stop()
    const startMs = time.nowMs() - 10_000
    const played = await play(disk.files.get(path) ?? '', 10_000, startMs + 86_400_000)
    expect(events.length).toBeGreaterThan(100)
    expect(without(played.events, played.startMs)).toBe(without(events, startMs))
    expect(played.prices.left()).toBe(0)
    expect(played.prices.tape.isComplete).toBe(true)
  })

  it('plays no event before its time', async () => {
    const { disk, recording } = await record(10)
    recording.stop()
    const { events, prices, startMs } = await play(disk.files.get(path) ?? '', 4_000)
    expect(Math.max(...events.map((event) => event.atMs - startMs))).toBeLessThanOrEqual(4_000)
    expect(prices.left()).toBeGreaterThan(0)
  })

  it('keeps every digit of any price and size', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }))
      .map(([digits, places]) => new Decimal(digits.toString()).div(new Decimal(10).pow(places)))
    fc.assert(
      fc.property(decimal, decimal, fc.boolean(), (price, size, isTrade) => {
        const event: PriceEvent = isTrade
          ? { kind: 'trade', productId: 'A-B', atMs: 1_500, price, size, aggressor: 'SELL' }
          : { kind: 'levels', productId: 'A-B', atMs: 1_500, isSnapshot: true, changes: [{ side: 'ask', price, size }] }
        const head = '{"schema":"tidegate.tape/1","source":"s","productIds":["A-B"],"startMs":1000}'
        const { events } = readTape(`${head}\n${formatTapeLine(event, 1_000, 0)}\n`)
        expect(JSON.stringify(events)).toBe(JSON.stringify([event]))
      }),
    )
  })

  it('is good up to where a crash cut it, and says that it is not whole', async () => {
    const { disk, recording } = await record(10)
    recording.stop()
    const text = disk.files.get(path) ?? ''
    const whole = readTape(text)
    for (const cut of [10, 100, 1_000, 20_000]) {
      const { events, isComplete } = readTape(text.slice(0, -cut))
      expect(isComplete).toBe(false)
      expect(JSON.stringify(events)).toBe(JSON.stringify(whole.events.slice(0, events.length)))
    }
  })

  it('is refused with the number of the line that is damaged', async () => {
    const { disk, recording } = await record(2)
    recording.stop()
    const lines = (disk.files.get(path) ?? '').split('\n')
    const damaged = (index: number, line: string | undefined) => {
      const copy = [...lines]
      if (line === undefined) copy.splice(index, 1)
      else copy[index] = line
      return () => readTape(copy.join('\n'))
    }
    expect(damaged(0, '{}')).toThrow('Line 1 of the tape is damaged: it is not the head of a tape')
    expect(damaged(4, '[1,')).toThrow('Line 5 of the tape is damaged: it is not JSON')
    expect(damaged(4, '[1,0,"t","abc","1","BUY"]')).toThrow('Line 5 of the tape is damaged: it is no event')
    expect(damaged(4, '[-1,0,"t","1","1","BUY"]')).toThrow('it is no event')
    expect(damaged(4, '[1,9,"t","1","1","BUY"]')).toThrow('its product is not in the head')
    expect(damaged(4, '[1,0,"l",[["b","0","1"]]]')).toThrow('a level without a price or size')
    expect(damaged(4, undefined)).toThrow('lines are missing before it')
    expect(damaged(lines.length - 1, '{"end":1}\n')).toThrow('it stands behind the end of the tape')
    expect(() => readTape('')).toThrow(/Line 1/)
  })

  it('is never written over another', async () => {
    const { recording, disk, time } = await record(1)
    recording.stop()
    const source = createSyntheticPrices({ seed: 5, clock: time, timers: time })
    expect(() => recordTape({ source, productIds: ['BTC-USD'], disk, path, clock: time })).toThrow(/there already/)
  })
})
