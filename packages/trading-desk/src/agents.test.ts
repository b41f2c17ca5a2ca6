import { definePolicy, type PolicyOptions, policyForAgent } from '@tidegate/risk-engine'
import { Decimal, type Principal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import {
  approver,
  type DeskWorld,
  during,
  limitBuy,
  marketBuy,
  openWorld,
  other,
  pass,
  trader,
  type WorldOptions,
} from '../test/desk-world.js'

type Limits = Parameters<typeof policyForAgent>[1]

/** The account's policy with the same limits as `openWorld` gives it. */
const accountPolicy = (policy: PolicyOptions = {}) =>
  definePolicy({ requireConfirmationAboveUsd: '100000', maxOrderValueUsd: '50000', ...policy })

const agents = (limits: Readonly<Record<string, Limits>>, policy: PolicyOptions = {}) => ({
  agentPolicies: new Map(
    Object.entries(limits).map(([name, own]) => [name, policyForAgent(accountPolicy(policy), own)]),
  ),
})

/** A world in which the agents named have limits of their own. */
const withAgents = (limits: Readonly<Record<string, Limits>>, options: WorldOptions = {}): Promise<DeskWorld> =>
  openWorld({ ...options, deps: { ...agents(limits, options.policy), ...options.deps } })

const place = async (world: DeskWorld, principal: Principal, terms = marketBuy('100'), desk = world.desk) =>
  during(world, desk.place({ principal, terms }))

/** Versions of the policies by which the desk refuses from now on. */
const versionsOfRefusals = ({ journal }: DeskWorld): readonly string[] => {
  const versions: string[] = []
  const record = journal.recordDenial.bind(journal)
  journal.recordDenial = (denied) => {
    versions.push(denied.policyVersion)
    return record(denied)
  }
  return versions
}

const codes = (result: { readonly decision?: { readonly kind: string } }): readonly string[] => {
  const decision = result.decision as { kind: string; denials?: readonly { code: string }[] } | undefined
  return decision?.denials?.map((denial) => denial.code) ?? []
}

describe('the limits of an agent', () => {
  it('hold for its orders and for nobody else’s, and are named in the record', async () => {
    const world = await withAgents({ local: { maxOrderValueUsd: '50' } })
    const versions = versionsOfRefusals(world)
    const refused = await place(world, trader)
    expect([refused.outcome, codes(refused)]).toEqual(['denied', ['RISK_MAX_ORDER_VALUE']])
    expect((await place(world, other)).outcome).toBe('accepted')
    const own = world.desk.policyFor('local')
    expect(versions).toEqual([own.version])
    expect(own.version).not.toBe(world.desk.policy.version)
    expect(world.desk.policyFor('other')).toBe(world.desk.policy)
  })

  it('are what a preview judges by', async () => {
    const world = await withAgents({ local: { maxOrderValueUsd: '50' } })
    const preview = async (principal: Principal) => during(world, world.desk.preview(principal, marketBuy('100')))
    const mine = await preview(trader)
    expect([mine.decision.kind, mine.policyVersion]).toEqual(['denied', world.desk.policyFor('local').version])
    const theirs = await preview(other)
    expect([theirs.decision.kind, theirs.policyVersion]).toEqual(['approved', world.desk.policy.version])
  })

  it('hold for its products', async () => {
    const world = await withAgents({ local: { allowProducts: ['ETH-USD'] } })
    expect(codes(await place(world, trader))).toEqual(['RISK_PRODUCT_BLOCKED'])
    expect((await place(world, other)).outcome).toBe('accepted')
  })

  it.each(['edit', 'replace'] as const)('hold for a change of its order by %s', async (how) => {
    const world = await withAgents({ local: { maxOrderValueUsd: '700' } })
    const change = async (principal: Principal) => {
      const { intent } = await place(world, principal, limitBuy('59000', '0.01'))
      await pass(world, 1_000)
      const request = { principal, id: intent?.intentId ?? '', size: new Decimal('0.015'), how }
      return during(world, world.desk.edit(request))
    }
    const versions = versionsOfRefusals(world)
    const mine = await change(trader)
    expect([mine.outcome, mine.denials.map((denial) => denial.code)]).toEqual(['denied', ['RISK_MAX_ORDER_VALUE']])
    expect(versions).toEqual([world.desk.policyFor('local').version])
    expect((await change(other)).outcome).toBe('accepted')
  })

  it('bring its own windows for what lies behind a decision', async () => {
    const world = await withAgents(
      { local: { maxReentries: 1, reentryWindowMs: 3_600_000 } },
      { policy: { maxReentries: 'off', reentryWindowMs: 1_000, duplicateOrderWindowMs: 'off' } },
    )
    expect((await place(world, other, marketBuy('90'))).outcome).toBe('accepted')
    await pass(world, 600_000)
    expect((await place(world, other, marketBuy('91'))).outcome).toBe('accepted')
    expect(codes(await place(world, trader, marketBuy('92')))).toEqual(['RISK_REPEATED_ENTRY'])
  })

  it('remember prices as long as the agent with the longest window needs them', async () => {
    const world = await withAgents(
      { local: { maxPriceJumpPct: '1', priceJumpWindowMs: 600_000 } },
      { policy: { maxPriceJumpPct: 'off', priceJumpWindowMs: 1 } },
    )
    await during(world, world.desk.preview(other, marketBuy('100')))
    world.market.setPrice('BTC-USD', '62000', '62010')
    await pass(world, 300_000)
    expect(codes(await place(world, trader))).toEqual(['RISK_PRICE_JUMP'])
    expect((await place(world, other)).outcome).toBe('accepted')
  })
})

describe('an approval of an agent’s order', () => {
  const waiting = async (limits: Readonly<Record<string, Limits>>) => {
    const policy = { requireConfirmationAboveUsd: '500', maxOrderValueUsd: '5000' }
    const world = await withAgents(limits, { policy })
    const { intent } = await place(world, trader, limitBuy())
    expect(intent?.state).toBe('AWAITING_APPROVAL')
    return { world, policy, intentId: intent?.intentId ?? '' }
  }
  const approve = (world: DeskWorld, intentId: string, desk = world.desk) =>
    during(world, desk.decideApproval({ principal: approver, intentId, decision: 'approved' }))

  it('is judged by the limits of whoever asked, not of whoever approved', async () => {
    const { world, intentId } = await waiting({ ann: { maxOrderValueUsd: '1', allowProducts: ['ETH-USD'] } })
    await approve(world, intentId)
    await pass(world, 1_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('OPEN')
  })

  it('comes to nothing when the limits of whoever asked have become tighter in between', async () => {
    const { world, policy, intentId } = await waiting({ local: { maxOrderValueUsd: '1000' } })
    await world.desk.close()
    const desk = world.open(agents({ local: { maxOrderValueUsd: '100' } }, policy))
    await during(world, desk.start())
    await approve(world, intentId, desk)
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intentId))?.state).toBe('APPROVAL_EXPIRED')
    expect(world.venue.sent).toHaveLength(0)
  })

  it('is judged anew by the agent’s own rules about what happened meanwhile', async () => {
    const policy = { requireConfirmationAboveUsd: '500', maxReentries: 'off' } as const
    const world = await withAgents({ local: { maxReentries: 1 } }, { policy })
    const { intent } = await place(world, trader, limitBuy())
    expect(intent?.state).toBe('AWAITING_APPROVAL')
    expect((await place(world, trader, marketBuy('100'))).outcome).toBe('accepted')
    await pass(world, 1_000)
    await approve(world, intent?.intentId ?? '')
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('APPROVAL_EXPIRED')
  })

  it('comes to nothing when the agent’s policy of today would have refused it on the data of then', async () => {
    const policy = { requireConfirmationAboveUsd: '500' }
    const world = await withAgents({ local: {} }, { policy })
    world.market.refresh()
    await world.time.advance(3_000)
    const placing = world.desk.place({ principal: trader, terms: limitBuy() })
    await world.time.advance(0)
    const { intent } = await during(world, placing)
    expect(intent?.state).toBe('AWAITING_APPROVAL')
    await world.desk.close()
    const desk = world.open(agents({ local: { maxMarketAgeMs: 1_000 } }, policy))
    await during(world, desk.start())
    await approve(world, intent?.intentId ?? '', desk)
    await pass(world, 2_000)
    expect((await world.journal.getIntent(intent?.intentId ?? ''))?.state).toBe('APPROVAL_EXPIRED')
  })

  it('needs one above the agent’s own threshold', async () => {
    const world = await withAgents({ local: { requireConfirmationAboveUsd: '50' } })
    expect((await place(world, trader)).outcome).toBe('awaiting_approval')
    expect((await place(world, other)).outcome).toBe('accepted')
  })
})

describe('what is counted for an agent', () => {
  const used = async (world: DeskWorld, scope: string): Promise<bigint> =>
    (await world.journal.limitUsage([])).rows
      .filter((row) => row.scope === scope)
      .reduce((sum, row) => sum + row.used, 0n)

  it('is its own rate of orders, also after a restart', async () => {
    const world = await withAgents({ local: { maxOrdersPerMinute: 2 } })
    for (const size of ['10', '11']) expect((await place(world, trader, marketBuy(size))).outcome).toBe('accepted')
    for (const size of ['10', '11', '12']) expect((await place(world, other, marketBuy(size))).outcome).toBe('accepted')
    expect(codes(await place(world, trader, marketBuy('12')))).toEqual(['RISK_ORDER_RATE'])
    await world.desk.close()
    const desk = world.open()
    await during(world, desk.start())
    expect(codes(await place(world, trader, marketBuy('13'), desk))).toEqual(['RISK_ORDER_RATE'])
    await pass(world, 61_000)
    expect((await place(world, trader, marketBuy('14'), desk)).outcome).toBe('accepted')
  })

  it('is its own budget of the day, beside the account’s, also after a restart', async () => {
    const world = await withAgents({ local: { maxValuePerDayUsd: '250' } })
    expect((await place(world, trader, marketBuy('100'))).outcome).toBe('accepted')
    expect((await place(world, other, marketBuy('400'))).outcome).toBe('accepted')
    expect((await place(world, trader, marketBuy('110'))).outcome).toBe('accepted')
    const mine = await used(world, 'value:agent:local')
    expect(mine > 209_000_000n && mine <= 250_000_000n).toBe(true)
    expect((await used(world, 'value:account')) - mine > 399_000_000n).toBe(true)
    expect(codes(await place(world, trader, marketBuy('50')))).toEqual(['RISK_DAILY_VALUE'])
    await world.desk.close()
    const desk = world.open()
    await during(world, desk.start())
    expect(codes(await place(world, trader, marketBuy('51'), desk))).toEqual(['RISK_DAILY_VALUE'])
    await pass(world, 86_400_000)
    expect((await place(world, trader, marketBuy('52'), desk)).outcome).toBe('accepted')
  })

  it('is its own open orders and what they come to; those of others leave it room', async () => {
    const world = await withAgents({ local: { maxOpenOrders: 1 }, bob: { maxOpenValueUsd: '700' } })
    const bob: Principal = { name: 'bob', role: 'trader' }
    for (const price of ['50000', '50001'])
      expect((await place(world, other, limitBuy(price))).outcome).toBe('accepted')
    expect((await place(world, trader, limitBuy('50002'))).outcome).toBe('accepted')
    const second = await place(world, trader, limitBuy('50003'))
    expect(codes(second)).toEqual(['RISK_OPEN_ORDERS'])
    expect(JSON.stringify(second.decision)).toContain('Open now are 1 orders of agent:local that add exposure')
    expect((await place(world, bob, limitBuy('50004'))).outcome).toBe('accepted')
    expect(codes(await place(world, bob, limitBuy('50005')))).toEqual(['RISK_OPEN_ORDERS'])
    expect(await used(world, 'open-orders:agent:local')).toBe(1n)
  })

  it('is its own rate of orders exactly, when two processes place for it at the same moment', async () => {
    const world = await withAgents({ local: { maxOrdersPerMinute: 2 } }, { policy: { maxOrdersPerMinute: 100 } })
    const second = world.open()
    await during(world, second.start())
    const results = await during(
      world,
      Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? world.desk : second).place({ principal: trader, terms: limitBuy(String(50_000 + index)) }),
        ),
      ),
    )
    expect(results.filter((result) => result.outcome === 'accepted')).toHaveLength(2)
    for (const result of results.filter(({ outcome }) => outcome !== 'accepted'))
      expect(codes(result)).toContain('RISK_ORDER_RATE')
  })

  it('is exact when two processes place for it at the same moment', async () => {
    const world = await withAgents(
      { local: { maxValuePerDayUsd: '1000' } },
      { policy: { maxOrdersPerMinute: 100, maxReentries: 'off' }, balances: { USD: '100000' } },
    )
    const second = world.open()
    await during(world, second.start())
    const wishes = Array.from({ length: 16 }, (_, index) => limitBuy(String(50_000 + index), '0.002'))
    const results = await during(
      world,
      Promise.all(wishes.map((terms, index) => (index % 2 ? world.desk : second).place({ principal: trader, terms }))),
    )
    const accepted = results.filter((result) => result.outcome === 'accepted')
    const cost = await used(world, 'value:agent:local')
    expect(cost <= 1_000_000_000n).toBe(true)
    // Each is worth a little over 100 USD with its fee: nine fit, a tenth does not.
    expect(accepted).toHaveLength(9)
    expect(results.length - accepted.length).toBe(results.filter((result) => result.outcome === 'denied').length)
  })
})

describe('a halt of one agent', () => {
  it.each(['HALTED', 'REDUCE_ONLY'] as const)(
    'to %s leaves the others at work, and survives a restart',
    async (mode) => {
      const world = await withAgents({ local: {}, other: {} })
      await world.desk.setMode({ principal: approver, scope: 'agent:local', mode, reason: 'test' })
      const code = mode === 'HALTED' ? 'RISK_HALTED' : 'RISK_REDUCE_ONLY'
      expect(codes(await place(world, trader))).toEqual([code])
      expect((await place(world, other)).outcome).toBe('accepted')
      await world.desk.close()
      const desk = world.open()
      await during(world, desk.start())
      expect(codes(await place(world, trader, marketBuy('101'), desk))).toEqual([code])
      expect((await place(world, other, marketBuy('101'), desk)).outcome).toBe('accepted')
      await desk.setMode({ principal: approver, scope: 'agent:local', mode: 'ACTIVE', reason: 'test' })
      expect((await place(world, trader, marketBuy('102'), desk)).outcome).toBe('accepted')
    },
  )
})

describe('limits that change while the desk runs', () => {
  it('hold from the next decision on, for the account and its agents, and keep their text', async () => {
    const world = await openWorld()
    const place = async (terms = limitBuy()) => {
      const { decision } = await during(world, world.desk.place({ principal: trader, terms }))
      return decision?.kind === 'denied' ? decision.denials.map(({ code }) => code) : []
    }
    expect(await place()).toEqual([])
    const policy = definePolicy({ requireConfirmationAboveUsd: '100000', maxOrderValueUsd: '100' })
    await world.desk.setPolicies({ policy, agentPolicies: new Map() })
    expect(world.desk.policy).toBe(policy)
    expect(await place(limitBuy('58000'))).toEqual(['RISK_MAX_ORDER_VALUE'])
    const own = policyForAgent(policy, { maxOrderValueUsd: '10' })
    await world.desk.setPolicies({ policy, agentPolicies: new Map([[trader.name, own]]) })
    expect(await place(limitBuy('57000', '0.001'))).toEqual(['RISK_MAX_ORDER_VALUE'])
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy('56000', '0.001') }))
    const decided = await world.journal.decisions({ limit: 100 })
    expect(decided.find(({ intentId }) => intentId === intent?.intentId)).toMatchObject({ policyVersion: own.version })
  })

  it('hold for an order that is being decided when they change', async () => {
    const world = await openWorld()
    const policy = definePolicy({ requireConfirmationAboveUsd: '100000', maxOrderValueUsd: '100' })
    const listIntents = world.journal.listIntents.bind(world.journal)
    // The last read of a snapshot.
    world.journal.listIntents = async (query) => {
      if (query?.sinceMs !== undefined) await world.desk.setPolicies({ policy, agentPolicies: new Map() })
      return listIntents(query)
    }
    const result = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('denied')
  })
})
