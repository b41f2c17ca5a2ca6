import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { PermissionError, ROLE_PERMISSIONS, ROLES, type Role } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fakeIntent } from '../test-support/fake-world.js'
import { fakeWorld } from '../test-support/fake-world-surface.js'
import type { JsonObject } from './backend.js'
import { isAllowed } from './permissions.js'
import { prompts } from './prompts/list.js'
import { resources } from './resources/list.js'
import { wireLists } from './serve/wire-lists.js'
import { tools } from './tools/list.js'

const runtime = { time: new FakeTime(), log: new MemoryLog() }
const reads = [
  'calculate_position_metrics',
  'check_trade_risk',
  'get_account',
  'get_historical_candles',
  'get_history',
  'get_market_data',
  'list_products',
  'subscribe_ticker',
  'wait_for_event',
]
const analyst = [...reads, 'get_orders']
const trader = [...analyst, 'place_order', 'edit_order', 'cancel_order', 'cancel_all_orders', 'halt_trading']

/** Who sees which tool, written out by hand. */
const visible: Readonly<Record<Role, readonly string[]>> = {
  viewer: reads,
  analyst,
  trader,
  approver: analyst,
  admin: [...analyst, 'modify_config', 'view_logs'],
}

/** Arguments with which each tool does its work. */
const goodArguments: Readonly<Record<string, JsonObject>> = {
  place_order: { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' },
  cancel_order: { order_id: 'venue-1' },
  edit_order: { order_id: 'venue-1', limit_price: '99000' },
  check_trade_risk: { product_id: 'BTC-USD', side: 'BUY', size: '0.001' },
  get_market_data: { product_ids: ['BTC-USD'] },
  get_historical_candles: { product_id: 'BTC-USD', granularity: '1h' },
  subscribe_ticker: { symbols: ['BTC-USD'] },
  wait_for_event: { event: 'price', product_id: 'BTC-USD', direction: 'BELOW', price: '100000' },
  get_history: { kind: 'transfers' },
  modify_config: { max_order_value_usd: '50', reason: 'a bad day' },
}

const names = (list: readonly object[]): string[] => list.map((item) => (item as { name: string }).name)

describe('role × tool', () => {
  it.each(ROLES)('%s sees its own tools and no others', (role) => {
    expect(names(wireLists({ name: 'x', role }).tools).sort()).toEqual([...visible[role]].sort())
  })

  it('admin trades only where the owner restored TRADER ⊂ ADMIN', () => {
    expect(names(wireLists({ name: 'x', role: 'admin' }, true).tools).sort()).toEqual(
      [...trader, 'modify_config', 'view_logs'].sort(),
    )
    expect(names(wireLists({ name: 'x', role: 'viewer' }, true).tools).sort()).toEqual([...reads].sort())
  })

  for (const role of ROLES) {
    it.each(tools.map((tool) => tool.name))(`${role} calling %s gets what the list promises`, async (name) => {
      const { surface, desk } = fakeWorld(runtime)
      desk.intents = [fakeIntent()]
      const result = await surface.callTool({ name: 'x', role }, name, goodArguments[name] ?? {})
      if (visible[role].includes(name)) expect(result.isError, JSON.stringify(result.structured)).toBe(false)
      else {
        expect(result).toMatchObject({
          isError: true,
          structured: { success: false, error: { code: 'ERR_PERMISSION', role, retry: 'never' } },
        })
        expect([desk.placed, desk.cancelled, desk.modesSet]).toEqual([[], [], []])
      }
    })
  }

  it('a viewer asking for fills through get_history is refused', async () => {
    const { surface } = fakeWorld(runtime)
    const result = await surface.callTool({ name: 'x', role: 'viewer' }, 'get_history', {})
    expect(result).toMatchObject({ isError: true, structured: { error: { code: 'ERR_PERMISSION' } } })
  })
})

describe('role × resource and prompt', () => {
  const uri = (path: string): string => path.replace('{product_id}', 'BTC-USD').replace('{order_id}', 'venue-1')

  for (const role of ROLES) {
    it.each(resources.map((resource) => [resource.path, resource] as const))(
      `${role} reading %s`,
      async (path, resource) => {
        const { surface, desk } = fakeWorld(runtime)
        desk.intents = [fakeIntent()]
        const principal = { name: 'x', role }
        const permitted = resource.permissions.every((permission) => ROLE_PERMISSIONS[role].includes(permission))
        const lists = wireLists(principal)
        expect([...names(lists.resources), ...names(lists.resourceTemplates)].includes(resource.name)).toBe(permitted)
        if (permitted) expect((await surface.readResource(principal, uri(path))).mimeType).toBe('application/json')
        else await expect(surface.readResource(principal, uri(path))).rejects.toBeInstanceOf(PermissionError)
        if (!permitted) expect(() => surface.subscribe(principal, uri(path), () => {})).toThrow(PermissionError)
      },
    )
  }

  it('a viewer reads accounts and markets, not orders and fills', () => {
    const lists = wireLists({ name: 'x', role: 'viewer' })
    expect(names(lists.resources).sort()).toEqual(['balances', 'positions', 'products', 'profile', 'transfers'])
    expect(names(lists.resourceTemplates).sort()).toEqual(['candles', 'orderbook', 'ticker'])
    expect(names(lists.prompts)).toEqual(['risk_check', 'market_summary'])
  })

  it('a prompt is refused where its data is', async () => {
    const { surface } = fakeWorld(runtime)
    for (const prompt of prompts) {
      const viewer = surface.getPrompt({ name: 'x', role: 'viewer' }, prompt.name, { product_id: 'BTC-USD' })
      if (!isAllowed({ name: 'x', role: 'viewer' }, prompt.permissions))
        await expect(viewer).rejects.toBeInstanceOf(PermissionError)
      else await expect(viewer).rejects.not.toBeInstanceOf(PermissionError)
    }
  })
})
