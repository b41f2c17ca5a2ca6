import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { contentOf, listOf, marketBuy } from '../../test-support/mcp-wire.js'
import { type Era, openHttp, openStdio } from '../../test-support/transports.js'
import { tools } from './list.js'
import { offeredTools, TOOLSET_NAMES, TOOLSETS } from './toolsets.js'

describe('toolsets', () => {
  it('hold every tool there is, and none that is not', () => {
    expect([...new Set<string>(Object.values(TOOLSETS).flat())].sort()).toEqual(tools.map(({ name }) => name).sort())
  })

  it('leave nothing out unless somebody says so', () => {
    expect(offeredTools({})).toBeUndefined()
    expect(offeredTools({ toolsets: TOOLSET_NAMES })?.size).toBe(tools.length)
  })

  it('whoever may trade may also cancel, halt and look', () => {
    const offered = offeredTools({ toolsets: ['trading'] })
    for (const name of ['cancel_order', 'cancel_all_orders', 'halt_trading', 'get_orders'])
      expect(offered).toContain(name)
  })

  it('read-only leaves no tool that changes anything', () => {
    const offered = offeredTools({ readOnly: true })
    const left = tools.filter(({ name }) => offered?.has(name))
    expect(left.every(({ hints }) => hints.readOnlyHint)).toBe(true)
    expect(left.length).toBeGreaterThan(8)
    for (const { name, permissions } of left) {
      expect(
        permissions.filter((it) => !it.startsWith('read_') && it !== 'view_logs'),
        name,
      ).toEqual([])
    }
  })
})

const transports: readonly (readonly [string, Era, typeof openStdio])[] = [
  ['stdio', '2025', openStdio],
  ['stdio', '2026', openStdio],
  ['HTTP', '2025', openHttp],
  ['HTTP', '2026', openHttp],
]

describe.each(transports)('a tool that was left out, over %s, the %s era', (_, era, open) => {
  const offered = offeredTools({ readOnly: true }) ?? new Set<string>()

  it('is in no list, and asking for it is asking for what does not exist', async () => {
    const world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() }, { offeredTools: offered })
    const client = await open(era, { backend: world.surface, principal: TRADER, offeredTools: offered })
    const names = listOf(await client.ask('tools/list'), 'tools').map(({ name }) => name)
    expect(names).not.toContain('place_order')
    expect(names).toContain('get_orders')
    const { error } = await client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    expect(error).toMatchObject({ code: -32602 })
    expect(error?.message).not.toContain('place_order')
    await client.close()
  })

  it('is not done by the process that owns the home, whatever the one that asks offers', async () => {
    const world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() }, { offeredTools: offered })
    const client = await open(era, { backend: world.surface, principal: TRADER })
    const { result } = await client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    expect(contentOf({ result: result ?? {} })).toMatchObject({ success: false, error: { code: 'ERR_NOT_FOUND' } })
    expect(world.desk.placed).toEqual([])
    await client.close()
  })
})
