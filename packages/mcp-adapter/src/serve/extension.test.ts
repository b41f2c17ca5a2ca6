import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { listOf } from '../../test-support/mcp-wire.js'
import { type Era, openHttp, openStdio, type WireClient } from '../../test-support/transports.js'
import type { ExtensionCall, McpExtension } from './extension.js'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** One of each, and a record of what it was asked. */
function sample(): { readonly extension: McpExtension; readonly asked: (readonly [string, ExtensionCall])[] } {
  const asked: (readonly [string, ExtensionCall])[] = []
  const extension: McpExtension = {
    tools: [{ name: 'sample_tool', description: 'says hello', inputSchema: { type: 'object' } }],
    resources: [{ uri: 'sample://one', name: 'one' }],
    resourceTemplates: [{ uriTemplate: 'sample://{id}', name: 'any' }],
    prompts: [{ name: 'sample_prompt', description: 'asks' }],
    capabilities: { logging: {} },
    legacyMethods: ['resources/subscribe'],
    answer(method, params, call) {
      asked.push([method, call])
      if (method === 'tools/call' && params['name'] === 'sample_tool') {
        return Promise.resolve({ content: [{ type: 'text', text: 'hello' }] })
      }
      if (method === 'resources/subscribe') return Promise.resolve({})
      return undefined
    },
  }
  return { extension, asked }
}

const open = async (era: Era, over: 'stdio' | 'http', extension?: McpExtension): Promise<WireClient> => {
  const { surface } = fakeWorld({ time: new FakeTime(), log: new MemoryLog() })
  const options = { backend: surface, principal: TRADER, ...(extension ? { extension } : {}) }
  const client = await (over === 'stdio' ? openStdio : openHttp)(era, options)
  closers.push(() => client.close())
  return client
}

const ways = [
  ['2025', 'stdio'],
  ['2025', 'http'],
  ['2026', 'stdio'],
  ['2026', 'http'],
] as const

describe.each(ways)('an extension in the era of %s over %s', (era, over) => {
  it('stands behind our own lists, which stay as they are', async () => {
    const plain = await open(era, over)
    const { extension } = sample()
    const extended = await open(era, over, extension)
    for (const [method, list, added] of [
      ['tools/list', 'tools', extension.tools],
      ['resources/list', 'resources', extension.resources],
      ['resources/templates/list', 'resourceTemplates', extension.resourceTemplates],
      ['prompts/list', 'prompts', extension.prompts],
    ] as const) {
      const ours = listOf(await plain.ask(method), list)
      expect(ours.length).toBeGreaterThan(0)
      expect(listOf(await extended.ask(method), list)).toEqual([...ours, ...(added ?? [])])
    }
  })

  it('answers what it knows, is told who asks, and leaves the rest to the surface', async () => {
    const { extension, asked } = sample()
    const client = await open(era, over, extension)
    const said = await client.ask('tools/call', { name: 'sample_tool', arguments: {} })
    expect(said.result?.['content']).toEqual([{ type: 'text', text: 'hello' }])
    const [method, call] = asked.at(-1) ?? []
    expect(method).toBe('tools/call')
    expect(call).toMatchObject({ era: era === '2025' ? 'legacy' : 'modern', principal: TRADER })
    const ours = await client.ask('tools/call', { name: 'get_account', arguments: {} })
    expect(JSON.stringify(ours.result)).toContain('wallet-usd')
    const missing = await client.ask('resources/read', { uri: 'sample://nobody' })
    expect(missing.error?.code).toBe(-32602)
  })
})

it('serves methods of the 2025 era where we do not, and never in the era that has no such methods', async () => {
  const { extension } = sample()
  const legacy = await open('2025', 'stdio', extension)
  expect((await legacy.ask('resources/subscribe', { uri: 'sample://one' })).result).toEqual({})
  const modern = await open('2026', 'http', extension)
  expect((await modern.ask('resources/subscribe', { uri: 'sample://one' })).error?.code).toBe(-32601)
})
