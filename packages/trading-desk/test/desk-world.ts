import { definePolicy, type PolicyOptions } from '@tidegate/risk-engine'
import {
  CountingIds,
  createMemoryJournal,
  FakeTime,
  type MemoryJournal,
  MemoryLog,
  MemoryMarket,
  MemoryMetrics,
  MemoryVenue,
} from '@tidegate/testkit'
import { Decimal, type OrderTerms, type Principal } from '@tidegate/trading-model'
import { createTradingDesk } from '../src/create-trading-desk.js'
import type { TradingDeskDeps } from '../src/deps.js'
import type { TradingDesk } from '../src/desk.js'
import type { DeskSettings } from '../src/settings.js'

/** A desk with a whole world in memory around it; tests move its time. */
export interface DeskWorld {
  readonly time: FakeTime
  readonly journal: MemoryJournal
  readonly venue: MemoryVenue
  readonly market: MemoryMarket
  readonly log: MemoryLog
  readonly metrics: MemoryMetrics
  readonly desk: TradingDesk
  /** Another desk over the same store and venue, as after a crash. */
  open(changes?: Partial<TradingDeskDeps>): TradingDesk
}

export interface WorldOptions {
  readonly policy?: PolicyOptions
  readonly settings?: Partial<DeskSettings>
  readonly balances?: Readonly<Record<string, string>>
  readonly deps?: Partial<TradingDeskDeps>
  readonly feed?: boolean
  /** Opened but not started. */
  readonly cold?: boolean
}

export const trader: Principal = { name: 'local', role: 'trader' }
export const other: Principal = { name: 'other', role: 'trader' }
export const approver: Principal = { name: 'ann', role: 'approver' }
export const viewer: Principal = { name: 'eve', role: 'viewer' }

/** Short waits where a rule allows them; everything runs on fake time anyway. */
const proof = { tokenLifetimeMs: 2_000, skewMarginMs: 500, processingMs: 1_000, minScans: 3, minSpreadMs: 2_000 }

export async function openWorld(options: WorldOptions = {}): Promise<DeskWorld> {
  const time = new FakeTime()
  const ids = new CountingIds()
  const journal = createMemoryJournal({ clock: time, ids })
  const market = new MemoryMarket(time)
  const venue = new MemoryVenue({
    clock: time,
    timers: time,
    market,
    ...(options.balances ? { balances: options.balances } : {}),
  })
  const log = new MemoryLog()
  const metrics = new MemoryMetrics()
  const open = (changes: Partial<TradingDeskDeps> = {}): TradingDesk =>
    createTradingDesk({
      environment: 'paper',
      accountId: 'portfolio',
      policy: definePolicy({ requireConfirmationAboveUsd: '100000', maxOrderValueUsd: '50000', ...options.policy }),
      dryRun: false,
      journal,
      venue,
      account: venue,
      market,
      ...(options.feed === false ? {} : { feed: venue }),
      clock: time,
      timers: time,
      ids,
      log,
      metrics,
      settings: { proof, readyWaitMs: 0, ...options.settings },
      ...options.deps,
      ...changes,
    })
  const desk = open()
  if (!options.cold) {
    await desk.start()
    await time.advance(10)
  }
  return { time, journal, venue, market, log, metrics, desk, open }
}

/** Runs until `work` is done, moving time in small steps; prices stay fresh on the way. */
export async function during<T>(
  world: Pick<DeskWorld, 'time' | 'market'>,
  work: Promise<T>,
  maxMs = 600_000,
): Promise<T> {
  let done = false
  const settled = work.finally(() => {
    done = true
  })
  settled.catch(() => {})
  for (let passed = 0; passed < maxMs; passed += 50) {
    await world.time.advance(0)
    if (done) return settled
    world.market.refresh()
    await world.time.advance(50)
  }
  throw new Error('the work did not end')
}

/** Lets `ms` pass with prices kept fresh. */
export async function pass(world: Pick<DeskWorld, 'time' | 'market'>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    world.market.refresh()
    await world.time.advance(Math.min(500, ms - passed))
  }
  world.market.refresh()
}

export function marketBuy(quoteSize = '100', productId = 'BTC-USD'): OrderTerms {
  return {
    productId,
    side: 'BUY',
    size: { kind: 'quote', quoteSize: new Decimal(quoteSize) },
    orderType: 'MARKET',
    timeInForce: 'IOC',
  }
}

export function marketSell(baseSize = '0.01', productId = 'BTC-USD'): OrderTerms {
  return {
    productId,
    side: 'SELL',
    size: { kind: 'base', baseSize: new Decimal(baseSize) },
    orderType: 'MARKET',
    timeInForce: 'IOC',
  }
}

export function limitBuy(limitPrice = '59000', baseSize = '0.01', productId = 'BTC-USD'): OrderTerms {
  return {
    productId,
    side: 'BUY',
    size: { kind: 'base', baseSize: new Decimal(baseSize) },
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    limitPrice: new Decimal(limitPrice),
    postOnly: false,
  }
}
