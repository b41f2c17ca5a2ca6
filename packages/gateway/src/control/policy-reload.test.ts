import { definePolicy, type PolicyOptions } from '@tidegate/risk-engine'
import { MemoryLog } from '@tidegate/testkit'
import type { Policies } from '@tidegate/trading-desk'
import { ConfigError, NotFoundError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type ConfiguredLimits, createPolicyReload } from './policy-reload.js'

const limits = (account: PolicyOptions, agents: Readonly<Record<string, PolicyOptions>> = {}): ConfiguredLimits => ({
  policy: definePolicy(account),
  agents: Object.entries(agents).map(([name, own]) => ({ name, policy: definePolicy(own) })),
})

function world(opened: ConfiguredLimits) {
  const file: { now: () => ConfiguredLimits } = { now: () => opened }
  const inForce: { policies: Policies } = { policies: { policy: opened.policy, agentPolicies: new Map() } }
  const audits: { type: string; actor: string; body: Readonly<Record<string, unknown>> }[] = []
  const reload = createPolicyReload({
    desk: {
      setPolicies: async (policies) => {
        inForce.policies = policies
      },
    },
    journal: {
      audit: async (entry) => {
        audits.push(entry)
        return { seq: audits.length, atMs: 0, actor: entry.actor, type: entry.type, body: '', hash: '' }
      },
    },
    log: new MemoryLog(),
    opened,
    reread: async () => file.now(),
  })
  const maxOrder = (agent?: string) =>
    (agent === undefined
      ? inForce.policies.policy
      : inForce.policies.agentPolicies.get(agent)
    )?.maxOrderValueUsd.toFixed()
  return { file, inForce, audits, reload, maxOrder }
}

describe('limits read again', () => {
  it('hold at once where they are tighter, and wait for a person where they are looser', async () => {
    const { file, audits, reload, maxOrder, inForce } = world(
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
    expect(audits).toMatchObject([{ type: 'policy.reloaded', actor: 'operator' }])

    const version = String((report['waiting'] as { version: string }).version)
    await reload.loosen('ann', version.slice(0, 12))
    expect(inForce.policies.policy.maxOrdersPerMinute).toBe(9)
    expect(audits.at(-1)).toMatchObject({ type: 'policy.loosened', actor: 'ann' })
    expect(reload.waiting()).toBeUndefined()
  })

  it('are loosened only by agreeing to the version that waits', async () => {
    const { file, reload, maxOrder } = world(limits({ maxOrderValueUsd: '100' }))
    await expect(reload.loosen('ann', 'deadbeef')).rejects.toThrow(NotFoundError)
    file.now = () => limits({ maxOrderValueUsd: '200' })
    const seen = (await reload.reload('operator'))['waiting'] as { version: string }
    file.now = () => limits({ maxOrderValueUsd: '9000' })
    await reload.reload('file')
    await expect(reload.loosen('ann', seen.version)).rejects.toThrow(/What waits is version/)
    for (const short of ['', seen.version.slice(0, 7)]) await expect(reload.loosen('ann', short)).rejects.toThrow()
    expect(maxOrder()).toBe('100')
  })

  it('of an agent follow its own; agents that come or go wait for a restart and gain nothing', async () => {
    const { file, reload, maxOrder } = world(
      limits({ maxOrderValueUsd: '100' }, { ann: { maxOrderValueUsd: '40' }, bob: { maxOrderValueUsd: '60' } }),
    )
    file.now = () =>
      limits({ maxOrderValueUsd: '50' }, { ann: { maxOrderValueUsd: '30' }, eve: { maxOrderValueUsd: '50' } })
    const report = await reload.reload('file')
    expect([maxOrder(), maxOrder('ann'), maxOrder('bob'), maxOrder('eve')]).toEqual(['50', '30', '50', undefined])
    expect(report).toMatchObject({ waiting: null, needs_restart: ['agent eve is new', 'agent bob is gone'] })
  })

  it('stay as they were when the file is wrong, or has nothing new, or there is none', async () => {
    const { file, audits, reload, maxOrder } = world(limits({ maxOrderValueUsd: '100' }))
    file.now = () => {
      throw new ConfigError('ERR_CONFIG_INVALID', 'max_order_value_usd is no amount')
    }
    await expect(reload.reload('file')).rejects.toThrow(ConfigError)
    file.now = () => limits({ maxOrderValueUsd: '100' })
    expect(await reload.reload('file')).toMatchObject({ changes: [], applied: [], waiting: null })
    expect([maxOrder(), audits]).toEqual(['100', []])
  })

  it('that are changed back take what waited away', async () => {
    const { file, reload } = world(limits({ maxOrderValueUsd: '100' }))
    file.now = () => limits({ maxOrderValueUsd: '200' })
    await reload.reload('file')
    file.now = () => limits({ maxOrderValueUsd: '100' })
    expect(await reload.reload('file')).toMatchObject({ waiting: null })
  })
})
