import { definePolicy, type PolicyOptions } from '@tidegate/risk-engine'
import { CountingIds, createMemoryJournal, FakeTime, type MemoryJournal, MemoryLog } from '@tidegate/testkit'
import type { Policies } from '@tidegate/trading-desk'
import { ConfigError, FACTOR_TRIES, type Journal, NotFoundError } from '@tidegate/trading-model'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConfiguredLimits } from './configured-limits.js'
import { createPolicyReload, openLimits, type PolicyReload } from './policy-reload.js'

const limits = (account: PolicyOptions, agents: Readonly<Record<string, PolicyOptions>> = {}): ConfiguredLimits => ({
  policy: definePolicy(account),
  agents: Object.entries(agents).map(([name, own]) => ({ name, policy: definePolicy(own) })),
})
const ann = { by: 'ann', factorRequired: false }
const withCode = (by: string, step: number | undefined) => ({
  by,
  factorRequired: true,
  factor: { stepAt: () => step },
})
const admin = { name: 'ops', role: 'admin' } as const

let time: FakeTime
let journal: MemoryJournal

beforeEach(() => {
  time = new FakeTime()
  journal = createMemoryJournal({ clock: time, ids: new CountingIds() })
})

/** One gateway with its own file on the store of all. */
async function gateway(said: ConfiguredLimits, on: Journal = journal) {
  const file: { now: () => ConfiguredLimits } = { now: () => said }
  const { inForce: atStart, ...opened } = await openLimits(on, said)
  const inForce: { policies: Policies } = {
    policies: {
      policy: atStart.policy,
      agentPolicies: new Map(atStart.agents.map((each) => [each.name, each.policy])),
    },
  }
  const log = new MemoryLog()
  const reload = createPolicyReload({
    desk: {
      setPolicies: async (policies) => {
        inForce.policies = policies
      },
    },
    journal: on,
    log,
    clock: time,
    opened,
    reread: async () => file.now(),
    traders: ['local', 'bob', 'boss'],
    agents: ['local', ...said.agents.map(({ name }) => name)],
  })
  const maxOrder = (agent?: string) =>
    (agent === undefined
      ? inForce.policies.policy
      : (inForce.policies.agentPolicies.get(agent) ?? inForce.policies.policy)
    ).maxOrderValueUsd.toFixed()
  return { file, inForce, log, reload, maxOrder }
}

const audits = async () => (await journal.auditEntries({ limit: 1_000 })).map(({ actor, type }) => `${type} ${actor}`)
const versionOf = (what: unknown): string => String((what as { version: string }).version)
const waitingIn = (reload: PolicyReload): string => versionOf(reload.waiting())

describe('limits read again', () => {
  it('hold at once where they are tighter, and wait for a person where they are looser', async () => {
    const { file, reload, maxOrder, inForce, log } = await gateway(
      limits({ maxOrderValueUsd: '100', maxOrdersPerMinute: 5 }),
    )
    file.now = () => limits({ maxOrderValueUsd: '50', maxOrdersPerMinute: 9 })
    const report = await reload.reload('operator')
    expect(maxOrder()).toBe('50')
    expect(inForce.policies.policy.maxOrdersPerMinute).toBe(5)
    expect(report['applied']).toContainEqual({ key: 'max_order_value_usd', from: '100', to: '50', effect: 'tighter' })
    expect((report['waiting'] as { changes: unknown[] }).changes).toContainEqual({
      key: 'max_orders_per_minute',
      from: '5',
      to: '9',
      effect: 'looser',
    })
    expect(report['waiting']).toMatchObject({ how: expect.stringContaining('tidegate policy loosen') as string })
    const told = log.entries.find(({ event }) => event === 'policy_loosening_waits')
    expect(told?.fields).toMatchObject({
      by: 'operator',
      how: expect.stringMatching(/policy loosen [0-9a-f]{12} /) as string,
    })
    expect(await audits()).toEqual(['policy.reloaded operator'])

    const version = waitingIn(reload)
    expect(versionOf(report['waiting'])).toBe(version)
    await reload.loosen(ann, version.slice(0, 12))
    expect(inForce.policies.policy.maxOrdersPerMinute).toBe(9)
    expect(await audits()).toEqual(['policy.reloaded operator', 'policy.loosened ann'])
    expect(reload.waiting()).toBeUndefined()
  })

  it('are loosened only by agreeing to the step that waits: another file or other limits in force make another one', async () => {
    const { file, reload, maxOrder } = await gateway(limits({ maxOrderValueUsd: '100' }))
    await expect(reload.loosen(ann, 'deadbeef')).rejects.toThrow(NotFoundError)
    file.now = () => limits({ maxOrderValueUsd: '200' })
    const seen = versionOf((await reload.reload('operator'))['waiting'])
    file.now = () => limits({ maxOrderValueUsd: '9000' })
    await reload.reload('file')
    await expect(reload.loosen(ann, seen)).rejects.toThrow(/What waits is version/)
    for (const short of ['', waitingIn(reload).slice(0, 7)]) await expect(reload.loosen(ann, short)).rejects.toThrow()
    file.now = () => limits({ maxOrderValueUsd: '80' })
    await reload.reload('file')
    file.now = () => limits({ maxOrderValueUsd: '200' })
    await reload.reload('file')
    await expect(reload.loosen(ann, seen)).rejects.toThrow(/What waits is version/)
    expect(maxOrder()).toBe('80')
  })

  it('of an agent follow its own; agents that come or go wait for a restart and gain nothing', async () => {
    const { file, reload, maxOrder, inForce } = await gateway(
      limits({ maxOrderValueUsd: '100' }, { ann: { maxOrderValueUsd: '40' }, bob: { maxOrderValueUsd: '60' } }),
    )
    file.now = () =>
      limits({ maxOrderValueUsd: '50' }, { ann: { maxOrderValueUsd: '30' }, eve: { maxOrderValueUsd: '50' } })
    const report = await reload.reload('file')
    expect([maxOrder(), maxOrder('ann'), maxOrder('bob')]).toEqual(['50', '30', '50'])
    expect(inForce.policies.agentPolicies.has('eve')).toBe(false)
    expect(report).toMatchObject({ waiting: null, needs_restart: ['agent eve is new', 'agent bob is gone'] })
  })

  it('stay as they were when the file is wrong, or has nothing new, or there is none', async () => {
    const { file, reload, maxOrder } = await gateway(limits({ maxOrderValueUsd: '100' }))
    file.now = () => {
      throw new ConfigError('ERR_CONFIG_INVALID', 'max_order_value_usd is no amount')
    }
    await expect(reload.reload('file')).rejects.toThrow(ConfigError)
    file.now = () => limits({ maxOrderValueUsd: '100' })
    expect(await reload.reload('file')).toMatchObject({ changes: [], applied: [], waiting: null })
    expect([maxOrder(), await audits()]).toEqual(['100', []])
  })

  it('that are changed back take what waited away', async () => {
    const { file, reload } = await gateway(limits({ maxOrderValueUsd: '100' }))
    file.now = () => limits({ maxOrderValueUsd: '200' })
    await reload.reload('file')
    file.now = () => limits({ maxOrderValueUsd: '100' })
    expect(await reload.reload('file')).toMatchObject({ waiting: null })
  })
})

describe('agreeing with a code', () => {
  const waitingGateway = async (agents: Readonly<Record<string, PolicyOptions>> = {}) => {
    const made = await gateway(limits({ maxOrderValueUsd: '100' }, agents))
    made.file.now = () => limits({ maxOrderValueUsd: '200' }, agents)
    await made.reload.reload('file')
    return { ...made, version: waitingIn(made.reload) }
  }

  it('takes one, uses it up, and counts the wrong ones', async () => {
    const { reload, version, maxOrder } = await waitingGateway()
    expect(await reload.loosen({ by: 'ann', factorRequired: true }, version)).toMatchObject({
      ok: false,
      code: 'ERR_APPROVAL_CODE',
      why: 'code_missing',
    })
    expect(await reload.loosen(withCode('ann', undefined), version)).toMatchObject({ ok: false, why: 'code_wrong' })
    expect(maxOrder()).toBe('100')
    expect(await reload.loosen(withCode('ann', 7), version)).toMatchObject({ ok: true, by: 'ann', what: 'file' })
    expect(maxOrder()).toBe('200')
  })

  it('locks the approver at the fifth wrong one, and nothing is looser', async () => {
    const { reload, version, maxOrder } = await waitingGateway()
    for (let turn = 0; turn < FACTOR_TRIES; turn++)
      expect(await reload.loosen(withCode('ann', undefined), version)).toMatchObject({ why: 'code_wrong' })
    const answer = await reload.loosen(withCode('ann', 7), version)
    expect(answer).toMatchObject({ ok: false, code: 'ERR_APPROVAL_LOCKED', why: 'locked', retry_after_ms: 900_000 })
    expect(maxOrder()).toBe('100')
    expect(await reload.loosen(withCode('eve', 7), version)).toMatchObject({ ok: true })
  })

  it('replayed for the next step is refused', async () => {
    const { reload, file, version, maxOrder } = await waitingGateway()
    await reload.loosen(withCode('ann', 7), version)
    file.now = () => limits({ maxOrderValueUsd: '5000' })
    await reload.reload('file')
    expect(await reload.loosen(withCode('ann', 7), waitingIn(reload))).toMatchObject({ ok: false, why: 'code_used' })
    expect(maxOrder()).toBe('200')
  })

  it('is not for an agent whose own limits grow, however its name is spelled', async () => {
    const { reload, version } = await waitingGateway({ boss: { maxOrderValueUsd: '90' } })
    expect(await reload.loosen(withCode('bOss', 7), version)).toMatchObject({ ok: true })
    const other = await gateway(limits({ maxOrderValueUsd: '100' }))
    other.file.now = () => limits({ maxOrderValueUsd: '200' })
    await other.reload.reload('file')
    expect(await other.reload.loosen(withCode('bOss', 8), waitingIn(other.reload))).toMatchObject({
      ok: false,
      code: 'ERR_PERMISSION',
      why: 'requester',
    })
  })

  it('by two people at once at two gateways loosens once, and the second code is still good', async () => {
    const one = await waitingGateway()
    const two = await gateway(limits({ maxOrderValueUsd: '100' }), journal.join())
    two.file.now = () => limits({ maxOrderValueUsd: '200' })
    await two.reload.reload('file')
    expect(waitingIn(two.reload)).toBe(one.version)
    const results = await Promise.allSettled([
      one.reload.loosen(withCode('ann', 7), one.version),
      two.reload.loosen(withCode('bea', 9), one.version),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await audits()).filter((entry) => entry.startsWith('policy.loosened'))).toHaveLength(1)
    const loser = results[0]?.status === 'rejected' ? withCode('ann', 7) : withCode('bea', 9)
    const { change } = { change: (await journal.limitChanges({ newest: true })).at(-1) }
    expect(
      await journal.changeLimits({
        kind: 'loosened',
        body: '{}',
        after: change?.seq ?? 0,
        audit: { type: 'policy.loosened', body: {} },
        ...loser,
      }),
    ).toMatchObject({ kind: 'recorded' })
  })
})

describe('several gateways on one store', () => {
  it('follow what one of them was told, tighter and looser', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }, { bob: { maxOrderValueUsd: '60' } }))
    const two = await gateway(
      limits({ maxOrderValueUsd: '100' }, { bob: { maxOrderValueUsd: '60' }, carl: { maxOrderValueUsd: '100' } }),
      journal.join(),
    )
    one.file.now = () => limits({ maxOrderValueUsd: '70' }, { bob: { maxOrderValueUsd: '50' } })
    await one.reload.reload('file')
    await two.reload.follow()
    expect([two.maxOrder(), two.maxOrder('bob'), two.maxOrder('carl')]).toEqual(['70', '50', '70'])

    one.file.now = () => limits({ maxOrderValueUsd: '300' }, { bob: { maxOrderValueUsd: '55' } })
    await one.reload.reload('file')
    await two.reload.follow()
    expect(two.maxOrder()).toBe('70')
    await one.reload.loosen(withCode('ann', 3), waitingIn(one.reload))
    await two.reload.follow()
    // Nobody agreed to more for an agent that the other file does not know.
    expect([two.maxOrder(), two.maxOrder('bob'), two.maxOrder('carl')]).toEqual(['300', '55', '70'])
  })

  it('that have the same file waiting have nothing waiting once it was agreed to at one of them', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }))
    const two = await gateway(limits({ maxOrderValueUsd: '100' }), journal.join())
    for (const { file, reload } of [one, two]) {
      file.now = () => limits({ maxOrderValueUsd: '200' })
      await reload.reload('file')
    }
    await one.reload.loosen(withCode('ann', 3), waitingIn(one.reload))
    await two.reload.follow()
    expect([two.maxOrder(), two.reload.waiting()]).toEqual(['200', undefined])
  })

  it('are no looser for a change of a store that failed', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }))
    one.file.now = () => limits({ maxOrderValueUsd: '200' })
    await one.reload.reload('file')
    journal.failNext('changeLimits', 'before')
    await expect(one.reload.loosen(withCode('ann', 3), waitingIn(one.reload))).rejects.toThrow(/failed/)
    expect(one.maxOrder()).toBe('100')
    expect(await one.reload.loosen(withCode('ann', 3), waitingIn(one.reload))).toMatchObject({ ok: true })
    // Committed, and the answer was lost: the gateway finds it out.
    one.file.now = () => limits({ maxOrderValueUsd: '400' })
    await one.reload.reload('file')
    journal.failNext('changeLimits', 'after')
    await expect(one.reload.loosen(withCode('ann', 4), waitingIn(one.reload))).rejects.toThrow(/failed/)
    await one.reload.follow()
    expect([one.maxOrder(), one.reload.waiting()]).toEqual(['400', undefined])
  })
})

describe('an overlay', () => {
  const settings = { max_order_value_usd: '40', max_orders_per_minute: '3' }

  it('tightens at once, for everybody, after a restart, and whatever the file says later', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }, { bob: { maxOrderValueUsd: '60' } }))
    const result = await one.reload.tighten(admin, { settings, reason: 'a bad day' })
    expect(result).toMatchObject({
      kind: 'tightened',
      changes: [
        { key: 'max_order_value_usd', from: '100', to: '40' },
        { key: 'max_orders_per_minute', from: '10', to: '3' },
      ],
    })
    expect([one.maxOrder(), one.maxOrder('bob')]).toEqual(['40', '40'])
    const two = await gateway(limits({ maxOrderValueUsd: '500' }), journal.join())
    expect(two.maxOrder()).toBe('40')
    one.file.now = () => limits({ maxOrderValueUsd: '90' }, { bob: { maxOrderValueUsd: '60' } })
    expect(await one.reload.reload('file')).toMatchObject({
      applied: [{ key: 'max_order_value_usd', to: '90' }, {}, {}],
    })
    expect(one.maxOrder()).toBe('40')
    expect(await audits()).toEqual(['policy.tightened ops', 'policy.reloaded file'])
  })

  it.each([
    ['looser', { max_order_value_usd: '101' }],
    ['mixed', { max_order_value_usd: '50', max_loss_per_day: '1001' }],
    ['off', { max_open_orders: 'off' }],
  ])('that is %s is refused whole, with the numbers', async (_, wish) => {
    const { reload, maxOrder } = await gateway(limits({ maxOrderValueUsd: '100' }))
    const result = await reload.tighten(admin, { settings: wish, reason: 'x' })
    expect(result).toMatchObject({ kind: 'refused', looser: [{ effect: 'looser' }] })
    expect([maxOrder(), reload.overlay(), await audits()]).toEqual(['100', undefined, []])
  })

  it('of an agent leaves the others alone, also of one without limits of its own', async () => {
    const { reload, maxOrder, inForce } = await gateway(limits({ maxOrderValueUsd: '100' }, { bob: {} }))
    for (const agent of ['bob', 'local'])
      expect(await reload.tighten(admin, { agent, settings, reason: 'x' })).toMatchObject({ kind: 'tightened' })
    expect([maxOrder(), maxOrder('bob'), maxOrder('local')]).toEqual(['100', '40', '40'])
    expect(inForce.policies.agentPolicies.get('local')?.maxOrdersPerMinutePerAgent).toBe(3)
    await expect(reload.tighten(admin, { agent: 'eve', settings, reason: 'x' })).rejects.toThrow(/agent/)
    const version = versionOf(reload.overlay())
    expect(await reload.loosen(withCode('ann', 1), version)).toMatchObject({ ok: true, what: 'overlay' })
    expect([maxOrder('bob'), maxOrder('local')]).toEqual(['1000', '100'])
  })

  it('is lifted by a person, with a code, by the version that was read, and stays lifted', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }))
    await one.reload.tighten(admin, { settings, reason: 'told to' })
    const shown = one.reload.overlay()
    expect(shown).toMatchObject({
      account: { max_order_value_usd: '40', max_orders_per_minute: 3 },
      notes: [{ by: 'ops', reason: 'told to', keys: ['max_order_value_usd', 'max_orders_per_minute'] }],
      changes: [
        { key: 'max_order_value_usd', from: '40', to: '100', effect: 'looser' },
        { key: 'max_orders_per_minute', from: '3', to: '10', effect: 'looser' },
      ],
    })
    await one.reload.tighten(admin, { settings: { max_order_value_usd: '30' }, reason: 'and more' })
    await expect(one.reload.loosen(withCode('ann', 1), versionOf(shown))).rejects.toThrow(/What waits is version/)
    const version = versionOf(one.reload.overlay())
    expect(await one.reload.loosen(withCode('ann', undefined), version)).toMatchObject({ why: 'code_wrong' })
    expect(await one.reload.loosen(withCode('ann', 1), version)).toMatchObject({ ok: true, what: 'overlay' })
    expect([one.maxOrder(), one.reload.overlay()]).toEqual(['100', undefined])
    const two = await gateway(limits({ maxOrderValueUsd: '100' }), journal.join())
    expect([two.maxOrder(), two.reload.overlay()]).toEqual(['100', undefined])
    expect((await audits()).at(-1)).toBe('policy.overlay_lifted ann')
  })

  it('does not keep a gateway from opening when nothing is left to trade, and a person gets out of it', async () => {
    const one = await gateway(limits({ allowProducts: ['BTC-USD', 'ETH-USD'] }))
    expect(
      await one.reload.tighten(admin, { settings: { deny_products: ['BTC-USD', 'ETH-USD'] }, reason: 'x' }),
    ).toMatchObject({ kind: 'nothing_left' })
    await one.reload.tighten(admin, { settings: { allow_products: ['BTC-USD'] }, reason: 'x' })
    const two = await gateway(limits({ allowProducts: ['ETH-USD'] }), journal.join())
    expect(two.inForce.policies.policy.allowProducts).toEqual(['NO-PRODUCT'])
    await two.reload.loosen(withCode('ann', 1), versionOf(two.reload.overlay()))
    expect(two.inForce.policies.policy.allowProducts).toEqual(['ETH-USD'])
  })

  it('of two admins at once has both their limits', async () => {
    const one = await gateway(limits({ maxOrderValueUsd: '100' }))
    const two = await gateway(limits({ maxOrderValueUsd: '100' }), journal.join())
    await Promise.all([
      one.reload.tighten(admin, { settings: { max_order_value_usd: '50' }, reason: 'x' }),
      two.reload.tighten({ ...admin, name: 'ops2' }, { settings: { max_orders_per_minute: '2' }, reason: 'y' }),
      two.reload.tighten({ ...admin, name: 'ops2' }, { settings: { max_order_value_usd: '60' }, reason: 'y' }),
    ])
    for (const { reload, inForce } of [one, two]) {
      await reload.follow()
      const { maxOrderValueUsd, maxOrdersPerMinute } = inForce.policies.policy
      expect([maxOrderValueUsd.toFixed(), maxOrdersPerMinute]).toEqual(['50', 2])
    }
  })

  it('says so when it would change nothing, and records nothing', async () => {
    const { reload } = await gateway(limits({ maxOrderValueUsd: '100' }))
    expect(await reload.tighten(admin, { settings: { max_order_value_usd: '100.0' }, reason: 'x' })).toEqual({
      kind: 'unchanged',
    })
    expect(await journal.limitChanges()).toEqual([])
  })
})
