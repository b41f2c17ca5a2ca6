import type { EditFault, SubmitFault } from '@tidegate/testkit'
import { Decimal, type Intent, isTerminal, type Journal, type OrderTerms, ZERO } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  limitBuy,
  marketBuy,
  marketSell,
  openWorld,
  pass,
  trader,
} from '../test/desk-world.js'
import { createMortal, type Mortal } from '../test/mortal.js'
import type { TradingDesk } from './desk.js'
import { hasEnded } from './lifecycle/order-kind.js'

const faults: readonly SubmitFault[] = [
  'none',
  'ack_lost',
  'vanished',
  'late',
  'rejected',
  'duplicate_id',
  'not_sent',
  'unauthorized',
  'rate_limited',
  'throws',
  'hang',
]
const wishes: readonly OrderTerms[] = [
  marketBuy('400'),
  marketBuy('900', 'BTC-USDC'),
  limitBuy('59500', '0.05'),
  limitBuy('58000', '0.08'),
  limitBuy('60010', '0.03'),
  marketSell('0.02'),
]
const editFaults: readonly EditFault[] = [
  'none',
  'queued',
  'overtaken',
  'ack_lost',
  'vanished',
  'late',
  'rejected',
  'not_sent',
  'unauthorized',
  'rate_limited',
  'throws',
  'hang',
]
const newPrices = ['59400', '58500', '57000', '60010']
const newSizes = ['0.02', '0.055', '0.065', '0.09']
const storeMethods: readonly (keyof Journal)[] = [
  'recordIntent',
  'beginSubmit',
  'apply',
  'recordFills',
  'limitUsage',
  'listIntents',
]

type Step =
  | { readonly do: 'place'; readonly wish: number; readonly key: number | undefined; readonly fault: SubmitFault }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'cancelAll' }
  | {
      readonly do: 'edit'
      readonly which: number
      readonly price: number | undefined
      readonly size: number | undefined
      readonly how: 'edit' | 'replace'
      readonly fault: EditFault
    }
  | { readonly do: 'settleEdits' }
  | { readonly do: 'fill'; readonly which: number; readonly share: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'crash'; readonly calls: number; readonly when: 'before' | 'after' }
  | { readonly do: 'store'; readonly method: keyof Journal; readonly when: 'before' | 'after' }
  | { readonly do: 'reads'; readonly fail: boolean }
  | { readonly do: 'slowCancels'; readonly slow: boolean }
  | { readonly do: 'lag'; readonly fillsMs: number; readonly listingMs: number }
  | { readonly do: 'gap' }
  | { readonly do: 'halt' }
  | { readonly do: 'resume' }
  | { readonly do: 'approve' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      wish: fc.nat(wishes.length - 1),
      key: fc.option(fc.nat(4), { nil: undefined }),
      fault: fc.constantFrom(...faults),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      which: fc.nat(20),
      price: fc.option(fc.nat(newPrices.length - 1), { nil: undefined }),
      size: fc.option(fc.nat(newSizes.length - 1), { nil: undefined }),
      how: fc.constantFrom('edit' as const, 'edit' as const, 'replace' as const),
      fault: fc.constantFrom(...editFaults),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'settleEdits' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancelAll' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      which: fc.nat(20),
      share: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 20, 150, 900, 4_000, 20_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      calls: fc.integer({ min: 1, max: 40 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      method: fc.constantFrom(...storeMethods),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reads' as const), fail: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lag' as const),
      fillsMs: fc.constantFrom(0, 400, 5_000),
      listingMs: fc.constantFrom(0, 200, 900),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slowCancels' as const), slow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'gap' }, { do: 'halt' }, { do: 'resume' }, { do: 'approve' }) },
)

/** The world after all faults have stopped and everything had time to come to rest. */
async function live(
  steps: readonly Step[],
): Promise<{ world: DeskWorld; violations: string[]; initialEquity: Decimal }> {
  const world = await openWorld({
    cold: true,
    policy: { maxOrdersPerMinute: 1_000, requireConfirmationAboveUsd: '4000' },
    settings: { haltAtUnknown: 1_000, submitTimeoutMs: 2_000, closeWaitMs: 100 },
  })
  const { venue, journal, time } = world
  venue.lateByMs = 4_000
  const initialEquity = await equity(world)
  const violations: string[] = []
  journal.onCommit((method) => {
    watchHeld(world, method, violations)
    watchExposure(world, method, violations)
    watchReplacements(world, method, violations)
  })
  let mortal: Mortal = createMortal()
  let desk: TradingDesk | undefined

  async function boot(): Promise<void> {
    mortal = createMortal()
    desk = world.open({
      journal: mortal.wrap(journal),
      venue: mortal.wrap(venue, ['submit', 'edit', 'cancel', 'getOrder', 'listOrders', 'listFills']),
    })
    desk.start().catch(() => {})
    await pass(world, 200)
  }

  await boot()
  for (const next of steps) {
    if (mortal.isDead()) await boot()
    const now = desk as TradingDesk
    switch (next.do) {
      case 'place': {
        const terms = wishes[next.wish] as OrderTerms
        venue.script.length = 0
        venue.script.push(next.fault)
        const request = {
          principal: trader,
          terms,
          waitMs: 100,
          ...(next.key === undefined ? {} : { key: `key-${next.key}-${next.wish}` }),
        }
        now.place(request).catch(() => {})
        break
      }
      case 'cancel': {
        const intents = journal.peek()
        const target = intents[next.which % Math.max(1, intents.length)]
        if (target) now.cancel(trader, target.intentId).catch(() => {})
        break
      }
      case 'edit': {
        const open = journal.peek().filter((item) => item.state === 'OPEN' && item.terms.orderType === 'LIMIT')
        const target = open[next.which % Math.max(1, open.length)]
        if (!target) break
        venue.editScript.length = 0
        venue.editScript.push(next.fault)
        const request = {
          principal: trader,
          id: target.intentId,
          ...(next.price === undefined ? {} : { limitPrice: new Decimal(newPrices[next.price] ?? '1') }),
          ...(next.size === undefined ? {} : { size: new Decimal(newSizes[next.size] ?? '1') }),
          waitMs: 100,
        }
        const asked = next.how === 'edit' ? now.edit(request) : now.replace(request)
        asked.catch(() => {})
        break
      }
      case 'settleEdits':
        venue.settleEdits()
        break
      case 'cancelAll':
        now.cancelAll(trader).catch(() => {})
        break
      case 'fill': {
        const orders = venue.all().filter((order) => order.status === 'OPEN')
        const order = orders[next.which % Math.max(1, orders.length)]
        if (order?.baseSize) venue.fill(order.orderId, order.baseSize.div(next.share).toDecimalPlaces(8).toFixed())
        break
      }
      case 'pass':
        await pass(world, next.ms)
        break
      case 'crash':
        mortal.killAt(next.calls, next.when)
        break
      case 'store':
        journal.failNext(next.method, next.when)
        break
      case 'reads':
        venue.readsFail = next.fail
        break
      case 'slowCancels':
        venue.slowCancels = next.slow
        if (!next.slow) venue.settleCancels()
        break
      case 'lag':
        venue.fillLagMs = next.fillsMs
        venue.listingLagMs = next.listingMs
        break
      case 'gap':
        venue.gap('test')
        break
      case 'halt':
        now.setMode({ principal: trader, scope: 'account', mode: 'HALTED', reason: 'test' }).catch(() => {})
        break
      case 'resume':
        await journal.setMode({ scope: 'account', mode: 'ACTIVE', by: 'ann', reason: 'test' })
        break
      case 'approve':
        for (const row of await journal.listApprovals({ pendingOnly: true })) {
          now
            .decideApproval({ principal: approver, intentId: row.intent.intentId, decision: 'approved' })
            .catch(() => {})
        }
        break
    }
    await time.advance(0)
  }

  venue.readsFail = false
  venue.slowCancels = false
  venue.script.length = 0
  venue.editScript.length = 0
  venue.settleEdits()
  venue.settleCancels()
  mortal.kill()
  await boot()
  await pass(world, 200_000)
  return { world, violations, initialEquity }
}

/** In doubt or under way and not filled: everything stays held, at every commit. */
function watchHeld({ journal }: DeskWorld, method: string, violations: string[]): void {
  for (const { intentId, kind, state, filledSize } of journal.peek()) {
    // A change holds what it adds; that is watched as exposure.
    const isUnsentChange = kind === 'replace' && (state === 'RESERVED' || state === 'AWAITING_APPROVAL')
    if (kind === 'edit' || isUnsentChange) continue
    if (!['SUBMITTING', 'UNKNOWN', 'AWAITING_APPROVAL', 'RESERVED'].includes(state) || filledSize !== '0') continue
    const short = journal.heldBy(intentId).filter(({ reservation, held }) => held !== reservation.amount)
    if (short.length > 0) violations.push(`${method}: ${state} intent ${intentId} holds less than it reserved`)
  }
}

/** Whatever we know of an edit: an order and its open change always hold at least what the order can still take. */
function watchExposure({ journal, venue }: DeskWorld, method: string, violations: string[]): void {
  const intents = journal.peek()
  for (const order of venue.all()) {
    if (hasEnded(order) || order.side !== 'BUY' || !order.baseSize || !order.limitPrice) continue
    const intent = intents.find((item) => item.clientOrderId === order.clientOrderId)
    if (intent?.terms.orderType !== 'LIMIT') continue
    const holders = intents.filter(
      (item) => item === intent || (item.targetIntentId === intent.intentId && item.kind === 'edit'),
    )
    const held = holders
      .flatMap((item) => journal.heldBy(item.intentId))
      .filter(({ reservation }) => reservation.scope.startsWith('balance:'))
      .reduce((sum, each) => sum + each.held, 0n)
    const left = order.baseSize.minus(order.filledSize).mul(order.limitPrice).mul('1.006').mul(1_000_000)
    if (left.floor().gt(held.toString())) {
      violations.push(`${method}: order ${order.orderId} can still take ${left.toFixed()}, ${held} is held`)
    }
  }
}

/** A replacement is live only where the order before it is over. */
function watchReplacements({ journal, venue }: DeskWorld, method: string, violations: string[]): void {
  const intents = journal.peek()
  const isLive = (intent: Intent | undefined) =>
    venue.all().some((order) => order.clientOrderId === intent?.clientOrderId && !hasEnded(order))
  for (const replacement of intents.filter((item) => item.kind === 'replace')) {
    const target = intents.find((item) => item.intentId === replacement.targetIntentId)
    if (isLive(replacement) && isLive(target)) violations.push(`${method}: ${replacement.intentId} and its target live`)
  }
}

async function equity({ venue, market }: DeskWorld): Promise<Decimal> {
  const balances = await venue.balances()
  const price = market.quote('BTC-USD').ask
  return balances.reduce(
    (sum, balance) => sum.plus(balance.available.plus(balance.hold).mul(balance.currency === 'BTC' ? price : 1)),
    ZERO,
  )
}

async function check({ world, violations, initialEquity }: Awaited<ReturnType<typeof live>>): Promise<void> {
  const { venue, journal } = world
  expect(violations).toEqual([])
  const intents = journal.peek()
  const orders = venue.all()

  const perClientId = new Map<string, number>()
  for (const order of orders) perClientId.set(order.clientOrderId, (perClientId.get(order.clientOrderId) ?? 0) + 1)
  expect(Math.max(0, ...perClientId.values()), 'I1: at most one order per intent').toBeLessThanOrEqual(1)

  expect(new Set(venue.mayBeLive).size, 'I1: nothing is sent again that may be live').toBe(venue.mayBeLive.length)

  for (const order of orders) {
    const intent = intents.find((item) => item.clientOrderId === order.clientOrderId)
    expect(intent, `I2: order ${order.orderId} has its intent`).toBeDefined()
    expect(intent?.venueOrderId, `I4: intent ${intent?.state} knows its order`).toBe(order.orderId)
    expect(intent?.filledSize, 'I6: what was filled').toBe(order.filledSize.isZero() ? '0' : order.filledSize.toFixed())
    const recorded = await journal.listFills({ orderId: order.orderId })
    const sum = recorded.reduce((total, fill) => total.plus(fill.baseSize), ZERO)
    expect(sum.toFixed(), 'I6: fills add up').toBe(order.filledSize.toFixed())
    expect(intent?.state, 'I7: the same state').toBe(order.status)
    if (intent?.terms.orderType === 'LIMIT' && intent.terms.size.kind === 'base') {
      const terms = [intent.terms.limitPrice.toFixed(), intent.terms.size.baseSize.toFixed()]
      expect(terms, 'I5: the same terms').toEqual([order.limitPrice?.toFixed(), order.baseSize?.toFixed()])
    }
  }
  for (const intent of intents) {
    if (intent.venueOrderId !== undefined) {
      expect(
        orders.some((order) => order.orderId === intent.venueOrderId),
        'I5',
      ).toBe(true)
    }
    const settled = isTerminal(intent.state) || intent.state === 'OPEN'
    expect(settled, `I7: intent came to rest, not ${intent.state} (${intent.outcomeReason})`).toBe(true)
    if (isTerminal(intent.state)) {
      expect(
        journal.heldBy(intent.intentId).every(({ held, reservation }) => reservation.window !== 'open' || held === 0n),
        'B10: nothing is held for ever',
      ).toBe(true)
    }
  }

  const price = new Decimal(60_010)
  const held = (await venue.balances()).filter((balance) => balance.currency === 'BTC')
  const position = held.reduce((sum, balance) => sum.plus(balance.available).plus(balance.hold), ZERO).mul(price)
  const resting = orders
    .filter((order) => order.status === 'OPEN' && order.side === 'BUY')
    .reduce(
      (sum, order) => sum.plus((order.baseSize ?? ZERO).minus(order.filledSize).mul(order.limitPrice ?? price)),
      ZERO,
    )
  expect(position.plus(resting).lte(initialEquity.mul('0.25')), 'I3: exposure within its cap').toBe(true)
  expect((await journal.verifyAudit()).ok, 'I8').toBe(true)
  const modes = (await journal.modes()).filter((row) => row.by === 'desk')
  expect(modes, 'no bug and no difference was found by the desk itself').toEqual([])
}

describe('whatever happens between us, the venue and the store', () => {
  it('no intent becomes two orders, no doubt is released, nothing exceeds its cap, and everything comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => check(await live(steps))),
      { numRuns: Number(process.env['DESK_RUNS'] ?? 40) },
    )
  }, 600_000)
})
