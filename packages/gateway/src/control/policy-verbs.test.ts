import {
  definePolicy,
  evaluateOrder,
  type Policy,
  serializePolicy,
  serializeSnapshot,
  snapshotFrom,
} from '@tidegate/risk-engine'
import {
  CountingIds,
  createMemoryJournal,
  FakeTime,
  type MemoryJournal,
  MemoryLog,
  termsHashOf,
} from '@tidegate/testkit'
import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import { beforeEach, describe, expect, it } from 'vitest'
import { NO_OVERLAY } from './limit-overlay.js'
import { createPolicyReload } from './policy-reload.js'
import { policyVerbs } from './policy-verbs.js'

const policy = definePolicy({ maxOrderValueUsd: '1000', requireConfirmationAboveUsd: '500' })

const buy = (quoteSize: string): OrderTerms => ({
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'MARKET',
  timeInForce: 'IOC',
  size: { kind: 'quote', quoteSize: new Decimal(quoteSize) },
})

/** Nothing follows a file here. */
const limits = () =>
  createPolicyReload({
    desk: { setPolicies: () => Promise.reject(new Error('not here')) },
    journal,
    log: new MemoryLog(),
    clock: time,
    opened: { limits: { policy, agents: [] }, overlay: NO_OVERLAY, seen: 0 },
    reread: undefined,
    traders: [],
    agents: [],
  })
const identify = async () => 'nobody here'

let time: FakeTime
let ids: CountingIds
let journal: MemoryJournal

/** Decides and records a wish as the desk does. */
async function wish(principal: string, quoteSize: string, input?: string): Promise<string> {
  const terms = buy(quoteSize)
  const snapshot = {
    ...snapshotFrom({
      productId: 'BTC-USD',
      market: {
        bids: [{ price: '50000', size: '5' }],
        asks: [{ price: '50010', size: '5' }],
        lastTrade: '50005',
        ageMs: 20,
      },
      account: { wallets: { USD: '100000' }, takerRate: '0.006', ageMs: 10 },
      today: { lossUsd: '0', ordersLastMinute: 0 },
      nowMs: time.nowMs(),
    }),
    principal,
  }
  const decision = evaluateOrder(policy, snapshot, terms)
  const intentId = ids.uuid()
  const origin = {
    intentId,
    clientOrderId: ids.uuid(),
    account: 'portfolio',
    principal,
    termsHash: termsHashOf(terms),
    decisionInput: input ?? serializeSnapshot(snapshot),
    policyVersion: policy.version,
  }
  if (decision.kind === 'denied') await journal.recordDenial({ ...origin, terms, denials: decision.denials })
  else {
    const approvalExpiresAtMs = decision.order.needsApproval ? time.nowMs() + 1_000 : undefined
    const recorded = await journal.recordIntent({
      ...origin,
      order: decision.order,
      rates: [],
      releaseEpoch: 0,
      duplicateWindowMs: 60_000,
      ...(approvalExpiresAtMs === undefined ? {} : { approvalExpiresAtMs }),
    })
    expect(recorded.kind).toBe('recorded')
  }
  time.step(1_000)
  return intentId
}

const replay = (changed: Policy, more: Readonly<Record<string, unknown>> = {}) =>
  policyVerbs({ journal, policyFor: () => policy, agents: [], limits: limits(), identify, operator: 'operator' })[
    'policy_replay'
  ]?.({
    policy: serializePolicy(changed),
    ...more,
  })

beforeEach(() => {
  time = new FakeTime()
  ids = new CountingIds()
  journal = createMemoryJournal({ clock: time, ids })
})

describe('a replay of recorded orders', () => {
  it('under the policy that decided them changes no verdict', async () => {
    for (const size of ['10', '600', '5000']) await wish('local', size)
    expect(await replay(policy)).toMatchObject({ evaluated: 3, unchanged: 3, changes: [], changes_not_shown: 0 })
  })

  it('tells each verdict that changes, with the reasons and who asked', async () => {
    const small = await wish('local', '10')
    const large = await wish('other', '300')
    const refused = await wish('local', '2000')
    const tighter = definePolicy({ maxOrderValueUsd: '100', requireConfirmationAboveUsd: '5' })
    const report = await replay(tighter)
    expect(report).toMatchObject({ evaluated: 3, unchanged: 1, now_denied: 1, now_approved: 0, now_needs_approval: 1 })
    expect(report?.['changes']).toMatchObject([
      { intent_id: small, agent: 'local', before: 'approved', after: 'needs approval', added: [] },
      { intent_id: large, agent: 'other', before: 'approved', after: 'denied', added: ['RISK_MAX_ORDER_VALUE'] },
    ])
    expect(JSON.stringify(report?.['changes'])).toMatch(/100(\.00)? USD/)
    const looser = definePolicy({ maxOrderValueUsd: '5000', requireConfirmationAboveUsd: '500' })
    expect((await replay(looser))?.['changes']).toMatchObject([
      { intent_id: refused, before: 'denied', after: 'needs approval', removed: ['RISK_MAX_ORDER_VALUE'] },
    ])
  })

  it('judges each agent by its own changed limits', async () => {
    await wish('local', '50')
    const mine = await wish('careful', '50')
    const own = serializePolicy(definePolicy({ maxOrderValueUsd: '20' }))
    const report = await replay(policy, { agents: { careful: own } })
    expect(report?.['changes']).toMatchObject([{ intent_id: mine, after: 'denied' }])
  })

  it('begins where it is told, goes over more than a page, and gives the same report twice', async () => {
    for (let turn = 0; turn < 230; turn++) await wish('local', `${10 + turn / 10}`)
    const half = definePolicy({ maxOrderValueUsd: '20' })
    const all = await replay(half)
    expect(all).toMatchObject({ evaluated: 230 })
    expect(await replay(half)).toEqual(all)
    const since = time.nowMs() - 30_000
    expect(await replay(half, { since_ms: since })).toMatchObject({ evaluated: 30, now_denied: 30 })
  })

  it('counts what it cannot decide again instead of guessing', async () => {
    await wish('local', '10', '{}')
    await wish('local', '11', '{"v":99}')
    expect(await replay(policy)).toMatchObject({
      evaluated: 0,
      skipped: { changes_of_orders: 0, not_decided_here: 1, unreadable: 1 },
    })
  })

  it('refuses a question that is none, naming the field', async () => {
    await expect(replay(policy, { since_ms: -1 })).rejects.toThrow(/since_ms/)
  })
})
