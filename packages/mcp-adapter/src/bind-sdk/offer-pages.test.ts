import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { Principal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type FakeWorld, fakeWorld } from '../../test-support/fake-world-surface.js'
import { contentOf, marketBuy } from '../../test-support/mcp-wire.js'
import { type Era, type OpenOptions, openHttp, openStdio, type WireClient } from '../../test-support/transports.js'
import { readBuiltPage } from '../ui/read-page.js'

const showsPages = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } }
const trader: Principal = { name: 'local', role: 'trader' }
const html = '<!doctype html><title>a page</title>'

interface Listed {
  readonly name: string
  readonly uri?: string
  readonly mimeType?: string
  readonly _meta?: { readonly ui: { readonly resourceUri?: string } }
}

const ways: readonly (readonly [string, Era, (era: Era, options: OpenOptions) => Promise<WireClient>])[] = [
  ['stdio', '2025', openStdio],
  ['stdio', '2026', openStdio],
  ['HTTP', '2026', openHttp],
]

describe.each(ways)('pages over %s, the %s era', (_, era, open) => {
  const start = async (capabilities: object, more: Partial<OpenOptions> = {}): Promise<[WireClient, FakeWorld]> => {
    const world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() })
    const options = { backend: world.surface, principal: trader, pages: async () => html, capabilities, ...more }
    return [await open(era, options), world]
  }
  const list = async (client: WireClient, method: string, name: string): Promise<readonly Listed[]> =>
    (await client.ask(method)).result?.[name] as readonly Listed[]

  it('are linked from the tools whose answers they show, and listed', async () => {
    const [client] = await start(showsPages)
    const tools = await list(client, 'tools/list', 'tools')
    const links = tools.flatMap(({ name, _meta }) => (_meta ? [[name, _meta.ui.resourceUri]] : []))
    expect(Object.fromEntries(links)).toEqual({
      place_order: 'ui://tidegate/order-ticket',
      edit_order: 'ui://tidegate/order-ticket',
      check_trade_risk: 'ui://tidegate/order-ticket',
      get_historical_candles: 'ui://tidegate/candles',
    })
    const listed = (await list(client, 'resources/list', 'resources')).filter(({ uri }) => uri?.startsWith('ui:'))
    expect(listed.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ['ui://tidegate/candles', 'text/html;profile=mcp-app'],
      ['ui://tidegate/order-ticket', 'text/html;profile=mcp-app'],
    ])
    await client.close()
  })

  it.each([
    ['nothing', {}],
    ['the extension with another type', { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/x'] } } }],
    ['the extension without a type', { extensions: { 'io.modelcontextprotocol/ui': {} } }],
  ])('change no list and no answer of a client that declares %s', async (_name, capabilities) => {
    const [client] = await start(capabilities)
    const tools = await list(client, 'tools/list', 'tools')
    expect(JSON.stringify([tools, await list(client, 'resources/list', 'resources')])).not.toMatch(
      /ui:\/\/|resourceUri/,
    )
    const placed = await client.ask('tools/call', { name: 'place_order', arguments: marketBuy })
    expect(placed.result).not.toHaveProperty('_meta.tidegate/page')
    await client.close()
  })

  it('are read as they are, with a policy that loads nothing; an unknown one is a miss like any other', async () => {
    const [client] = await start(showsPages)
    const read = await client.ask('resources/read', { uri: 'ui://tidegate/candles' })
    expect(read.result?.['contents']).toEqual([
      {
        uri: 'ui://tidegate/candles',
        mimeType: 'text/html;profile=mcp-app',
        text: html,
        _meta: { ui: { csp: {}, prefersBorder: true } },
      },
    ])
    const miss = await client.ask('resources/read', { uri: 'ui://tidegate/no-such-page' })
    expect(miss.error?.message).toMatch(/No resource answers to ui:\/\/tidegate\/no-such-page/)
    await client.close()
  })

  it('get the finding of every limit beside the answer; text and structured content stay what they are', async () => {
    const [client] = await start(showsPages)
    const [plain] = await start({})
    const call = { name: 'place_order', arguments: { ...marketBuy, quote_size: '5000000' } }
    const [withPage, without] = [await client.ask('tools/call', call), await plain.ask('tools/call', call)]
    const { _meta, ...rest } = withPage.result ?? {}
    const beside = (_meta as Record<string, { findings: { rule: string; passed: boolean }[] }>)['tidegate/page']
    expect(beside?.findings.length).toBeGreaterThan(5)
    expect(beside?.findings.some(({ passed }) => !passed)).toBe(true)
    expect(contentOf(withPage)).toEqual(rest['structuredContent'])
    expect(rest['content']).toEqual(without.result?.['content'])
    expect(rest['structuredContent']).toEqual(without.result?.['structuredContent'])
    expect(JSON.stringify(rest)).not.toContain('findings')
    await client.close()
    await plain.close()
  })

  it('that this build does not carry say so, and nothing else breaks', async () => {
    const [client] = await start(showsPages, {
      pages: () =>
        readBuiltPage({ name: 'none' as never, uri: 'ui://tidegate/candles', title: '', description: '', tools: [] }),
    })
    const read = await client.ask('resources/read', { uri: 'ui://tidegate/candles' })
    expect(read.error?.message).toMatch(/not part of this build\. Next: run npm run build/)
    expect((await client.ask('tools/list')).result?.['tools']).toBeDefined()
    await client.close()
  })
})
