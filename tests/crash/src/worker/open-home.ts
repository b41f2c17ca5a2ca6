import { join } from 'node:path'
import {
  createAxiosTransport,
  createCoinbaseFeed,
  createCoinbaseVenue,
  createConnectionGate,
  createKeySigner,
  createRateBudget,
  createWsTransport,
} from '@tidegate/coinbase-client'
import { createMarketCache } from '@tidegate/market-cache'
import { acquireHomeLock, nodeDisk, openJournal } from '@tidegate/trade-journal'
import { createTradingDesk, type TradingDesk } from '@tidegate/trading-desk'
import type { Journal, Venue } from '@tidegate/trading-model'
import type { HomeAddress } from '../protocol.js'
import { clock, ids, log, metrics, random, timers } from './runtime.js'
import { policy, settingsOf } from './settings.js'
import { watchDisk } from './watch-disk.js'
import { markParsed, watchSigner, watchTransport } from './watch-http.js'

/** An open home: everything that a gateway has between its caller and the venue. */
export interface OpenHome {
  readonly desk: TradingDesk
  readonly journal: Journal
}

/**
 * Opens a home as the gateway does: lock, client, journal, desk, recovery. Resolves when new orders are taken.
 *
 * @throws {Error} when the lock of a dead owner is still held.
 */
export async function openHome(home: HomeAddress): Promise<OpenHome> {
  const lock = acquireHomeLock(join(home.folder, 'home.lock'))
  if (!lock) throw new Error('the home of a killed owner is still locked')
  const signer = watchSigner(createKeySigner(home.keyName, home.keySecret))
  const common = { signer, clock, timers, random, log, metrics }
  const client = createCoinbaseVenue({
    ...common,
    environment: 'paper',
    restUrl: home.restUrl,
    http: watchTransport(createAxiosTransport()),
    budget: createRateBudget({ clock, timers, privatePerSecond: 10_000, publicPerSecond: 10_000 }),
    timeoutMs: Math.round(1_500 * home.pace),
    backoff: { baseMs: 15, maxMs: 60 },
  })
  const market = createMarketCache({
    source: client,
    clock,
    timers,
    log,
    metrics,
    ttl: { productsMs: 3_600_000, tickerMs: 1_000, orderbookMs: 1_000 },
  })
  const feed = home.withStream
    ? createCoinbaseFeed({
        ...common,
        marketUrl: home.socketUrl,
        userUrl: home.socketUrl,
        sockets: createWsTransport(),
        books: market,
        clockSkewMs: () => client.clockSkewMs(),
        backoff: { baseMs: 20, maxMs: 100 },
        messagesPerSecond: 1_000,
        gate: createConnectionGate({ clock, timers, perSecond: 1_000 }),
      })
    : undefined
  await client.measureClock()
  const journal = await openJournal({
    ...storeOf(home),
    headsPath: join(home.folder, 'audit-heads.jsonl'),
    environment: 'paper',
    hostId: 'crash',
    headEvery: 3,
    clock,
    ids,
    random,
    log,
    disk: watchDisk(nodeDisk),
  })
  const desk = createTradingDesk({
    environment: 'paper',
    accountId: home.accountId,
    policy,
    dryRun: false,
    journal,
    venue: watchVenue(client),
    account: client,
    market,
    ...(feed ? { feed } : {}),
    clock,
    timers,
    ids,
    log,
    metrics,
    settings: settingsOf(home),
  })
  await desk.start()
  await untilReady(desk)
  return { desk, journal }
}

function storeOf({ databaseUrl, folder }: HomeAddress): { readonly path: string } | { readonly url: string } {
  return databaseUrl === undefined ? { path: join(folder, 'journal.db') } : { url: databaseUrl }
}

/** The label between the text of an answer and what the desk does with its meaning. */
function watchVenue(venue: Venue): Venue {
  return {
    ...venue,
    submit: (ticket) => parsed(venue.submit(ticket)),
    edit: (ticket) => parsed(venue.edit(ticket)),
    cancel: (orderIds) => parsed(venue.cancel(orderIds)),
    listOrders: (query) => parsed(venue.listOrders(query)),
    listFills: (query) => parsed(venue.listFills(query)),
  }
}

async function parsed<T>(answer: Promise<T>): Promise<T> {
  const value = await answer
  markParsed()
  return value
}

/** A venue that answers with faults keeps the gate shut for a while; the desk asks again by itself. */
async function untilReady(desk: TradingDesk): Promise<void> {
  while (!desk.readiness().ready) await timers.sleep(5)
}
