import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyFills, dayResult, positionMetrics, positionsFromLots } from '@tidegate/risk-engine'
import { CountingIds, createMemoryJournal, FakeTime, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import { Decimal, type Fill, type Journal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from './start-postgres.js'

const startMs = Date.parse('2026-11-24T00:00:00Z')
const prices = { USD: new Decimal(1), USDC: new Decimal(1), BTC: new Decimal('61234.56'), ETH: new Decimal('2345.6') }

/** An execution without its run: orders are told apart by it. */
type Told = Omit<Fill, 'orderId'> & { readonly order: number }

const decimal = (min: number, max: number, scale: number) =>
  fc.bigInt({ min: BigInt(min), max: BigInt(max) }).map((units) => new Decimal(units.toString()).div(`1e${scale}`))

/** Few moments, orders and products, so that ties and meetings are common; trade ids repeat across orders, as a venue’s may. */
const told = fc.record({
  order: fc.integer({ min: 0, max: 3 }),
  tradeId: fc.integer({ min: 1, max: 30 }).map((id) => `t-${id}`),
  moment: fc.integer({ min: -2, max: 4 }),
  sequence: fc.integer({ min: 0, max: 1 }),
  price: decimal(1_000_00, 70_000_00, 2),
  baseSize: decimal(1, 300_000_000, 8),
  fee: decimal(-500, 90_000, 4),
  isMaker: fc.boolean(),
})

const orders = [
  { productId: 'BTC-USD', side: 'BUY', feeCurrency: 'USD' },
  { productId: 'BTC-USDC', side: 'SELL', feeCurrency: 'USDC' },
  { productId: 'ETH-USD', side: 'BUY', feeCurrency: 'USD' },
  { productId: 'ETH-BTC', side: 'SELL', feeCurrency: 'BTC' },
] as const

const executions: fc.Arbitrary<readonly Told[]> = fc
  .uniqueArray(told, { minLength: 1, maxLength: 16, selector: ({ order, tradeId }) => `${order} ${tradeId}` })
  .map((list) =>
    list.map(({ order, moment, sequence, isMaker, ...rest }) => {
      const tradedAtMs = startMs + moment * 60_000
      const terms = orders[order] ?? orders[0]
      return {
        ...rest,
        order,
        ...terms,
        liquidity: isMaker ? 'MAKER' : 'TAKER',
        tradedAtMs,
        sequenceAtMs: tradedAtMs + sequence,
      }
    }),
  )

/** How a venue tells of them: in any order, some twice or more, in lists of any length; nothing is left out in the end. */
const delivery = (count: number): fc.Arbitrary<readonly (readonly number[])[]> =>
  fc
    .tuple(
      fc.array(fc.nat({ max: count - 1 }), { maxLength: count }),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
    )
    .chain(([again, lengths]) => {
      const all = [...Array.from({ length: count }, (_, index) => index), ...again]
      return fc.shuffledSubarray(all, { minLength: all.length }).map((shuffled) => {
        const lists: number[][] = []
        for (let at = 0, turn = 0; at < shuffled.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1
          lists.push(shuffled.slice(at, at + length))
          at += length
        }
        return lists
      })
    })

/** The same executions, told to three stores in three ways. */
const story = executions.chain((list) =>
  fc.record({
    list: fc.constant(list),
    tellings: fc.tuple(delivery(list.length), delivery(list.length), delivery(list.length)),
  }),
)

/** Everything that is derived from fills, with decimals as text. */
function derived(fills: readonly Fill[]): unknown {
  const lots = applyFills(fills, (currency) => prices[currency as keyof typeof prices])
  const balances = [...lots.values()].map(({ asset, size }) => ({
    accountId: asset,
    currency: asset,
    available: size,
    hold: new Decimal(0),
  }))
  return JSON.parse(
    JSON.stringify({
      fills,
      lots: [...lots].sort(([a], [b]) => (a < b ? -1 : 1)),
      positions: positionsFromLots(lots).toSorted((a, b) => (a.asset < b.asset ? -1 : 1)),
      portfolio: positionMetrics({ lots, balances, usdPrices: prices, takerRate: new Decimal('0.006') }),
      day: dayResult({ fills, mark: undefined, nowPrices: prices, day: '2026-11-24' }),
    }),
  )
}

let runs = 0

/** Tells a journal of them and reads back what it made of it; each run has orders of its own. */
async function tell(journal: Journal, list: readonly Told[], telling: readonly (readonly number[])[], run: string) {
  const fills = list.map(({ order, ...fill }): Fill => ({ ...fill, orderId: `${run}-${order}` }))
  const added: Fill[] = []
  for (const indexes of telling) {
    added.push(...(await journal.recordFills(indexes.flatMap((index) => fills[index] ?? []))))
  }
  // Each is new exactly once: what counts and alerts hang on it.
  expect(added).toHaveLength(fills.length)
  const stored: Fill[] = []
  for (const order of orders.keys()) stored.push(...(await journal.listFills({ orderId: `${run}-${order}` })))
  return derived(stored)
}

async function hold(journals: readonly Journal[], numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(story, async ({ list, tellings }) => {
      const run = `run-${runs++}`
      const plain = derived(list.map(({ order, ...fill }) => ({ ...fill, orderId: `${run}-${order}` })))
      const { fills: _, ...expected } = plain as { readonly fills: unknown }
      const seen = []
      for (const [index, journal] of journals.entries()) {
        seen.push(await tell(journal, list, tellings[index] ?? tellings[0], run))
      }
      for (const each of seen) {
        expect(each).toMatchObject(expected)
        expect(each).toEqual(seen[0])
      }
    }),
    { numRuns },
  )
}

let postgres: PostgresServer
let folder: string
const opened: Journal[] = []
beforeAll(async () => {
  postgres = await startPostgres()
  // In memory where there is such a place: here it is about order, not about the disk.
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidegate-fills-'))
})
afterAll(async () => {
  for (const journal of opened) await journal.close()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

const time = new FakeTime()
const common = () => ({
  headsPath: '/heads/heads.jsonl',
  environment: 'paper' as const,
  hostId: 'here',
  clock: time,
  ids: new CountingIds(),
  random: new SeededRandom(1),
  log: new MemoryLog(),
  disk: new MemoryDisk(),
})

async function open(where: { readonly url: string } | { readonly path: string; readonly driver: 'libsql' }) {
  const journal = await openJournal({ ...common(), ...where })
  opened.push(journal)
  return journal
}

describe('fills that are told out of order and more than once', () => {
  it('leave the same fills, lots, positions and results in memory and in SQLite, however they came', async () => {
    const memory = createMemoryJournal({ clock: time, ids: new CountingIds() })
    await hold([memory, await open({ path: join(folder, 'journal.db'), driver: 'libsql' })], 300)
  }, 300_000)

  it('and in PostgreSQL', async () => {
    const memory = createMemoryJournal({ clock: time, ids: new CountingIds() })
    await hold([memory, await open({ url: await postgres.createSchema() })], 25)
  }, 300_000)
})
