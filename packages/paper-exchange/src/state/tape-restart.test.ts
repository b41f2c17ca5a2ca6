import { CountingIds, FakeTime, MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { recordTape } from '../prices/record-tape.js'
import { readTape } from '../prices/tape.js'
import { createTapePrices } from '../prices/tape-prices.js'
import { DEFAULT_PRODUCTS, type ListedProduct } from '../products.js'
import { testClient } from '../testing/test-client.js'
import { levelsEvent } from '../testing/test-market.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

const tapePath = '/tapes/one.jsonl'
const [bitcoin] = DEFAULT_PRODUCTS as readonly [ListedProduct]

/** A product that nobody else lists, with increments of its own, and an alias of it. */
const odd: ListedProduct = {
  ...bitcoin,
  productId: 'ODD-USD',
  displayName: 'ODD-USD',
  baseCurrency: 'ODD',
  baseName: 'Odd',
  priceIncrement: new Decimal('0.25'),
  baseIncrement: new Decimal('0.001'),
  baseMinSize: new Decimal('0.003'),
  aliasTo: ['ODD-USDC'],
  verified: true,
}
const oddAlias: ListedProduct = { ...odd, productId: 'ODD-USDC', quoteCurrency: 'USDC', alias: 'ODD-USD', aliasTo: [] }

/** Ten minutes: the bid falls by 0.25 every minute, and somebody sells into it every minute. */
function tapeText(products: readonly ListedProduct[] = [odd, oddAlias, bitcoin]): string {
  const disk = new MemoryDisk()
  const time = new FakeTime()
  let tell: ((event: PriceEvent) => void) | undefined
  const source: PriceSource = {
    name: 'a market',
    open(sink) {
      tell = sink
      return () => {}
    },
  }
  const recording = recordTape({ source, productIds: ['ODD-USD'], products, disk, path: tapePath, clock: time })
  for (let minute = 0; minute < 10; minute++) {
    const bid = new Decimal(100).sub(new Decimal('0.25').mul(minute))
    const atMs = time.nowMs()
    tell?.(
      levelsEvent(
        'ODD-USD',
        atMs,
        [
          ['bid', bid.toFixed(), '2'],
          ['ask', bid.add(1).toFixed(), '2'],
        ],
        minute === 0,
      ),
    )
    if (minute > 0) tell?.(levelsEvent('ODD-USD', atMs, [['bid', bid.add('0.25').toFixed(), '0']], false))
    tell?.({
      kind: 'trade',
      productId: 'ODD-USD',
      atMs: atMs + 30_000,
      price: bid,
      size: new Decimal(5),
      aggressor: 'SELL',
    })
    time.step(60_000)
  }
  recording.stop()
  return disk.files.get(tapePath) ?? ''
}

function world(text = tapeText()) {
  const time = new FakeTime(Date.UTC(2026, 5, 1))
  const disk = new MemoryDisk()
  const ids = new CountingIds()
  const start = async (name = 'one') => {
    const exchange = await createPaperExchange({
      prices: createTapePrices({ text, name, clock: time, timers: time }),
      ids,
      clock: time,
      timers: time,
      disk,
      folder: '/paper',
      log: new MemoryLog(),
      rateLimits: 'off',
    })
    open.push(exchange)
    return exchange
  }
  /** As kill -9 leaves it: the disk of this moment, nothing of what follows. */
  const kill = async (exchange: PaperExchange) => {
    const files = new Map(disk.files)
    await exchange.close()
    open.splice(open.indexOf(exchange), 1)
    disk.files.clear()
    for (const [path, content] of files) disk.files.set(path, content)
  }
  const buy = (exchange: PaperExchange, price: string) =>
    testClient(exchange, () => time.nowMs()).post('/orders', {
      client_order_id: 'a',
      product_id: 'ODD-USD',
      side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size: '0.5', limit_price: price } },
    })
  return { time, start, kill, buy }
}

const outcome = (exchange: PaperExchange) =>
  exchange.fills().map(({ price, baseSize, fee, atMs }) => [price.toFixed(), baseSize.toFixed(), fee.toFixed(), atMs])

describe('a tape', () => {
  it('carries its products, so that whoever plays it needs no table of them', async () => {
    const { header } = readTape(tapeText())
    expect(header.products).toEqual([odd, oddAlias])
    const exchange = await world().start()
    const { json } = await testClient(exchange, () => Date.UTC(2026, 5, 1)).get('/products')
    expect(
      json.products.map((row: Record<string, string>) => [
        row['product_id'],
        row['price_increment'],
        row['base_min_size'],
      ]),
    ).toEqual([
      ['ODD-USD', '0.25', '0.003'],
      ['ODD-USDC', '0.25', '0.003'],
    ])
  })

  it('recorded without products is still a tape', () => {
    expect(readTape(tapeText([])).header.products).toBeUndefined()
  })
})

describe('a restart on a tape', () => {
  it('works resting orders through the gap, as if it had never been killed', async () => {
    const unharmed = world()
    const lasting = await unharmed.start()
    await unharmed.time.advance(61_000)
    expect((await unharmed.buy(lasting, '98.75')).json.success).toBe(true)
    await unharmed.time.advance(480_000)
    expect(outcome(lasting)).toHaveLength(1)

    const killed = world()
    const first = await killed.start()
    await killed.time.advance(61_000)
    await killed.buy(first, '98.75')
    await killed.kill(first)
    killed.time.step(480_000)
    const second = await killed.start()
    expect(outcome(second)).toEqual(outcome(lasting))
    expect(second.orders()[0]?.gaps).toMatchObject([{ isReplayed: true }])
    expect(second.reconcile()).toEqual([])
  })

  it('goes on with the tape where it would be by now', async () => {
    const { time, start, kill, buy } = world()
    const first = await start()
    await time.advance(61_000)
    await buy(first, '90')
    await kill(first)
    time.step(119_000)
    const second = await start()
    const book = (await testClient(second, () => time.nowMs()).get('/product_book?product_id=ODD-USD')).json.pricebook
    expect([book.bids[0].price, book.asks[0].price]).toEqual(['99.25', '100.25'])
    await time.advance(60_000)
    const later = (await testClient(second, () => time.nowMs()).get('/product_book?product_id=ODD-USD')).json.pricebook
    expect(later.bids[0].price).toBe('99')
  })

  it('starts over when the tape has come to its end, and says which time it knew', async () => {
    const { time, start, kill, buy } = world()
    const first = await start()
    await time.advance(61_000)
    await buy(first, '90')
    await kill(first)
    time.step(3_600_000)
    const second = await start()
    expect(second.orders()[0]?.gaps).toMatchObject([{ isReplayed: true }])
    const book = (await testClient(second, () => time.nowMs()).get('/product_book?product_id=ODD-USD')).json.pricebook
    expect(book.bids[0].price).toBe('100')
    await kill(second)
    time.step(60_000)
    const third = await start()
    // The second run had begun the tape anew: the third goes on with that one.
    expect(third.orders()[0]?.gaps).toMatchObject([{ isReplayed: true }, { isReplayed: true }])
  })

  it('marks the gap and replays nothing where another tape is played', async () => {
    const { time, start, kill, buy } = world()
    const first = await start()
    await time.advance(61_000)
    await buy(first, '98.75')
    await kill(first)
    time.step(300_000)
    const second = await start('another')
    expect(second.orders()[0]).toMatchObject({ status: 'OPEN', gaps: [{ isReplayed: false }] })
  })
})
