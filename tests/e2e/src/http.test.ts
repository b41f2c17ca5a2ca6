import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport as StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio'
import { afterEach, describe, expect, it } from 'vitest'
import {
  callTool,
  cleanEnv,
  cleanUp,
  connectHttpV1,
  freshHome,
  onCleanup,
  readResource,
  startServe,
  stdioMain,
} from './harness.js'

afterEach(cleanUp)

const buy = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' }

describe('the HTTP server', () => {
  it('serves the v1 SDK client: lists, reads, trades', async () => {
    const served = await startServe(freshHome())
    const client = await connectHttpV1(served.mcpUrl, served.token)
    expect((await client.listTools()).tools.length).toBeGreaterThan(10)
    expect((await client.listResources()).resources.length).toBeGreaterThan(5)
    expect((await client.listResourceTemplates()).resourceTemplates.length).toBeGreaterThan(3)
    expect((await client.listPrompts()).prompts.map((prompt) => prompt.name)).toEqual(
      expect.arrayContaining(['analyze_position', 'risk_check', 'market_summary']),
    )
    expect(await callTool(client, 'place_order', buy)).toMatchObject({ success: true })
    expect(await readResource(client, 'account://positions')).toHaveProperty('positions')
  })

  it('serves @ai-sdk/mcp over HTTP', async () => {
    const served = await startServe(freshHome())
    const client = await createMCPClient({
      transport: { type: 'http', url: served.mcpUrl, headers: { Authorization: `Bearer ${served.token}` } },
    })
    onCleanup(() => client.close())
    await tradeWithAiSdk(client)
  })

  it('serves @ai-sdk/mcp over stdio', async () => {
    const home = freshHome()
    const client = await createMCPClient({
      transport: new StdioMCPTransport({
        command: process.execPath,
        args: [stdioMain],
        env: cleanEnv(home),
        stderr: 'ignore',
      }),
    })
    onCleanup(() => client.close())
    await tradeWithAiSdk(client)
  })

  it.each([
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['a foreign host', { host: 'evil.example' }, 403],
  ])('turns away %s', async (_name, headers, status) => {
    const served = await startServe(freshHome())
    const { request } = await import('node:http')
    const url = new URL(served.mcpUrl)
    const got = await new Promise<number>((resolve, reject) => {
      const call = request(
        {
          host: url.hostname,
          port: url.port,
          path: url.pathname,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...('authorization' in headers || status === 401 ? {} : { authorization: `Bearer ${served.token}` }),
            ...headers,
          },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      call.on('error', reject)
      call.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }))
    })
    expect(got).toBe(status)
  })
})

async function tradeWithAiSdk(client: Awaited<ReturnType<typeof createMCPClient>>): Promise<void> {
  const tools = await client.tools()
  const placeOrder = tools['place_order']
  if (!placeOrder) throw new Error('place_order is not offered')
  const result = (await placeOrder.execute(buy, { toolCallId: 'one', messages: [] })) as {
    content: { type: string; text: string }[]
  }
  expect(JSON.parse(result.content[0]?.text ?? '{}')).toMatchObject({ success: true, outcome: 'accepted' })
}
