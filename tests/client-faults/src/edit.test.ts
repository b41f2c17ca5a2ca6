import { createAxiosTransport, createCoinbaseVenue, createKeySigner } from '@tidegate/coinbase-client'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import {
  CountingIds,
  createMemoryJournal,
  MemoryLog,
  SeededRandom,
  sampleTerms,
  sampleWish,
  termsHashOf,
} from '@tidegate/testkit'
import { Decimal, type Intent, InvariantError, type LimitTerms, VenueError } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clock, timers } from './world.js'

let exchange: PaperExchange
let venue: ReturnType<typeof createCoinbaseVenue>
let http: ReturnType<typeof createAxiosTransport>
const ids = new CountingIds()
const journal = createMemoryJournal({ clock, ids })

beforeAll(async () => {
  exchange = await createPaperExchange({ seed: 7, rateLimits: 'off', initialBalances: { USD: '10000000' } })
  http = createAxiosTransport()
  venue = createCoinbaseVenue({
    environment: 'paper',
    restUrl: exchange.rest,
    signer: createKeySigner(exchange.keyName, exchange.privateKeyPem),
    clock,
    timers,
    random: new SeededRandom(1),
    http,
    budget: { take: async () => {}, pause: () => {} },
    log: new MemoryLog(),
    metrics: { count: () => {}, observe: () => {}, gauge: () => {} },
  })
})
afterAll(async () => {
  http?.close()
  await exchange?.close()
})

const terms = (price: string, base = '0.01'): LimitTerms => sampleTerms({ limitPrice: new Decimal(price), base })
const times = () => ({ notBeforeMs: Date.now(), signFromMs: Date.now(), signByMs: Date.now() + 10_000 })

async function ticketFor(wanted: LimitTerms, target?: Intent) {
  const { releaseEpoch } = await journal.limitUsage([])
  const intentId = ids.uuid()
  const change = target && { kind: 'edit' as const, targetIntentId: target.intentId, wishHash: intentId }
  const wish = sampleWish({
    intentId,
    clientOrderId: ids.uuid(),
    terms: wanted,
    key: intentId,
    releaseEpoch,
    order: { reservations: [] },
  })
  const recorded = await journal.recordIntent({
    ...wish,
    termsHash: termsHashOf(wanted),
    ...(change ? { change } : {}),
  })
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind)
  const begun = await journal.beginSubmit(intentId, times())
  if (begun.kind !== 'ticket') throw new Error(begun.why)
  return { ticket: begun.ticket, intentId }
}

/** A resting order that the journal knows. */
async function rest(price: string): Promise<Intent> {
  const { ticket, intentId } = await ticketFor(terms(price))
  const ack = await venue.submit(ticket)
  return journal.apply(intentId, { type: 'acked', venueOrderId: ack.orderId }, 'test')
}

/** Sends an edit and says what the client may claim about it; the journal hears that it is over. */
async function edit(target: Intent, wanted: LimitTerms): Promise<string> {
  const { ticket, intentId } = await ticketFor(wanted, target)
  const word = await venue.edit(ticket).then(
    (ack) => (ack.orderId === target.venueOrderId ? 'taken' : 'another order'),
    (error: unknown) => (error instanceof VenueError ? error.outcome : String(error)),
  )
  await journal.apply(intentId, { type: 'rejected', code: 'X', reason: 'over' }, 'test')
  return word
}

const shown = async (target: Intent) => {
  const order = await venue.getOrder(target.venueOrderId ?? '')
  return [order?.status, order?.limitPrice?.toFixed(), order?.baseSize?.toFixed()]
}

describe('an edit on the paper exchange', () => {
  it('changes price and size of the same order', async () => {
    const target = await rest('1000')
    expect(await edit(target, terms('1001', '0.02'))).toBe('taken')
    expect(await shown(target)).toEqual(['OPEN', '1001', '0.02'])
    expect(exchange.orders().filter((order) => order.orderId === target.venueOrderId)).toHaveLength(1)
  })

  it('whose answer is lost is unknown, is not sent again, and the order tells', async () => {
    for (const [kind, applied] of [
      ['accept-then-drop', true],
      ['accept-then-503-html', true],
      ['cut-body', true],
      ['drop-before', false],
      ['http-503-html', false],
      ['http-429-json', false],
    ] as const) {
      const target = await rest('1000')
      exchange.faults.next({ kind, verb: 'edit-order' })
      expect(await edit(target, terms('1002', '0.03')), kind).toBe('unknown')
      expect(exchange.faults.struck(), kind).toContain(kind)
      expect(await shown(target), kind).toEqual(applied ? ['OPEN', '1002', '0.03'] : ['OPEN', '1000', '0.01'])
      exchange.faults.clear()
    }
  })

  it('that finds its own terms there settles nothing: an earlier copy may have made them', async () => {
    const target = await rest('1000')
    expect(await edit(target, terms('1000'))).toBe('unknown')
  })

  it('is refused with a reason where the order cannot be so, and stands as it was', async () => {
    const target = await rest('1000')
    expect(await edit(target, terms('1000.001'))).toBe('not-applied')
    expect(await edit(target, terms('1000', '0.0000000001'))).toBe('not-applied')
    expect(await edit(target, terms('90000', '100000'))).toBe('not-applied')
    expect(await shown(target)).toEqual(['OPEN', '1000', '0.01'])
    await venue.cancel([target.venueOrderId ?? ''])
    expect(await edit(target, terms('1001'))).toBe('not-applied')
  })

  it('goes with its own ticket only, and an order never with an edit’s', async () => {
    const target = await rest('1000')
    const before = exchange.orders().length
    await expect(venue.submit((await ticketFor(terms('999'), target)).ticket)).rejects.toThrow(InvariantError)
    await expect(venue.edit((await ticketFor(terms('998'))).ticket)).rejects.toThrow(InvariantError)
    expect(exchange.orders()).toHaveLength(before)
    expect(await shown(target)).toEqual(['OPEN', '1000', '0.01'])
  })

  it('leaves the exchange’s books in order', () => {
    expect(exchange.reconcile()).toEqual([])
  })
})
