import { afterEach, describe, expect, it } from 'vitest'
import {
  callTool,
  cleanUp,
  connectStdioV1,
  eventually,
  freshHome,
  initializeParams,
  readResource,
  spawnRawStdio,
} from './harness.js'

afterEach(cleanUp)

describe('the stdio server', () => {
  it('answers initialize before the venue is there, and lists its tools', async () => {
    const server = spawnRawStdio(freshHome())
    const answer = await server.request('initialize', initializeParams)
    expect(answer['serverInfo']).toMatchObject({ name: 'coinbase-trading' })
    server.notify('notifications/initialized')
    const tools = (await server.request('tools/list'))['tools'] as { name: string }[]
    expect(tools.map((tool) => tool.name)).toContain('place_order')
  })

  it('answers server/discover, the opening of the modern era', async () => {
    const server = spawnRawStdio(freshHome())
    const answer = await server.request('server/discover', {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '0' },
      },
    })
    expect(JSON.stringify(answer)).toContain('2026-07-28')
  })

  it('prints nothing on stdout that is not protocol, also while trading', async () => {
    const server = spawnRawStdio(freshHome())
    await server.request('initialize', initializeParams)
    server.notify('notifications/initialized')
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.request('tools/call', {
          name: index % 2 ? 'get_market_data' : 'check_trade_risk',
          arguments: index % 2 ? { product_ids: ['BTC-USD'] } : { product_id: 'BTC-USD', side: 'BUY', size: '0.0001' },
        }),
      ),
    )
    const lines = server.stdout().trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) expect((JSON.parse(line) as { jsonrpc: string }).jsonrpc).toBe('2.0')
  })

  it('is gone within two seconds after stdin closes, with its sockets open', async () => {
    const server = spawnRawStdio(freshHome())
    await server.request('initialize', initializeParams)
    server.notify('notifications/initialized')
    await server.request('tools/call', { name: 'get_market_data', arguments: { product_ids: ['BTC-USD'] } })
    const closedAt = Date.now()
    server.child.stdin.end()
    const { code } = await server.exited
    expect(code).toBe(0)
    expect(Date.now() - closedAt).toBeLessThanOrEqual(2_000)
  })

  it('accounts for an order that was in flight when stdin closed', async () => {
    const home = freshHome()
    const server = spawnRawStdio(home)
    await server.request('initialize', initializeParams)
    server.notify('notifications/initialized')
    await server.request('tools/call', { name: 'get_account', arguments: {} })
    const order = server
      .request('tools/call', {
        name: 'place_order',
        arguments: {
          product_id: 'BTC-USD',
          side: 'BUY',
          order_type: 'MARKET',
          quote_size: '10',
          client_order_id: 'in-flight',
        },
      })
      .catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 30))
    server.child.stdin.end()
    await server.exited
    await order

    const { client } = await connectStdioV1(home)
    const again = await eventually(
      () =>
        callTool(client, 'place_order', {
          product_id: 'BTC-USD',
          side: 'BUY',
          order_type: 'MARKET',
          quote_size: '10',
          client_order_id: 'in-flight',
        }),
      (answer) => answer['state'] === 'FILLED',
    )
    expect(again['success']).toBe(true)
    const history = await readResource(client, 'order://history')
    const sent = (history['orders'] as { order_id?: string }[]).filter((item) => item.order_id)
    expect(sent).toHaveLength(1)
  })

  it('refuses to start on nonsense, and says which setting and why', async () => {
    const server = spawnRawStdio(freshHome(), ['--environment', 'Production '])
    const { code } = await server.exited
    expect(code).toBe(2)
    expect(server.stderr()).toContain('environment')
    expect(server.stdout()).toBe('')
  })
})

describe('three stdio servers started at once', () => {
  it('share one gateway: an order of one is in the list of the others', async () => {
    const home = freshHome()
    const hosts = await Promise.all([connectStdioV1(home), connectStdioV1(home), connectStdioV1(home)])
    const [first, second, third] = hosts.map((host) => host.client)
    if (!first || !second || !third) throw new Error('unreachable')
    const placed = await callTool(first, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0005',
      limit_price: await passivePrice(first),
    })
    expect(placed).toMatchObject({ success: true })
    for (const client of [second, third]) {
      const active = await readResource(client, 'order://active')
      expect((active['orders'] as { order_id: string }[]).map((order) => order.order_id)).toContain(placed['order_id'])
    }
  })

  it('carry on when the owner of the gateway is killed, and know its orders', async () => {
    const home = freshHome()
    const owner = await connectStdioV1(home)
    const placed = await callTool(owner.client, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0005',
      limit_price: await passivePrice(owner.client),
    })
    expect(placed).toMatchObject({ success: true })
    const others = await Promise.all([connectStdioV1(home), connectStdioV1(home)])
    for (const other of others) await callTool(other.client, 'get_orders', {})
    process.kill(owner.pid(), 'SIGKILL')

    for (const { client } of others) {
      const active = await eventually(
        () => readResource(client, 'order://active'),
        (answer) => Array.isArray(answer['orders']) && answer['orders'].length === 1,
      )
      expect((active['orders'] as { order_id: string }[])[0]?.order_id).toBe(placed['order_id'])
    }
    const [survivor] = others
    const bought = await eventually(
      () =>
        callTool(survivor!.client, 'place_order', {
          product_id: 'BTC-USD',
          side: 'BUY',
          order_type: 'MARKET',
          quote_size: '12',
        }),
      (answer) => answer['success'] === true,
    )
    expect(['FILLED', 'OPEN', 'ACKED']).toContain(bought['state'])
  })
})

/** A buy price inside the collar that will not trade soon: five percent under the market, on the cent. */
async function passivePrice(client: Parameters<typeof readResource>[0]): Promise<string> {
  const ticker = await readResource(client, 'market://ticker/BTC-USD')
  const cents = (BigInt(String(ticker['price']).replace('.', '').padEnd(1, '0')) * 95n) / 100n
  const decimals = (String(ticker['price']).split('.')[1] ?? '').length
  const whole = cents / 10n ** BigInt(decimals)
  return whole.toString()
}
