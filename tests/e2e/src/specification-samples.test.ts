import { afterEach, describe, expect, it } from 'vitest'
import { callTool, cleanUp, connectStdioV1, eventually, freshHome, readResource } from './harness.js'

afterEach(cleanUp)

// The specification's own three sample tests, by their names.
describe('the sample tests of the specification', () => {
  it('test_get_balances', async () => {
    const { client } = await connectStdioV1(freshHome())
    const { contents } = await client.readResource({ uri: 'account://balances' })
    expect(contents[0]?.mimeType).toBe('application/json')
    const data = JSON.parse((contents[0] as { text: string }).text) as Record<string, unknown>
    expect(data).toHaveProperty('accounts')
    expect((data['accounts'] as unknown[]).length).toBeGreaterThan(0)
  })

  it('test_place_order_validation', async () => {
    const { client } = await connectStdioV1(freshHome())
    const result = await callTool(client, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      size: '1000000',
    })
    expect(result).toHaveProperty('error')
    expect(result['success']).toBe(false)
    expect((result['denials'] as { code: string }[]).map((denial) => denial.code)).toContain('INVALID_ORDER_SIZE')
  })

  it('test_end_to_end_order_flow', async () => {
    const { client } = await connectStdioV1(freshHome())
    const before = await readResource(client, 'account://balances')
    expect(before).toHaveProperty('accounts')
    const result = await callTool(client, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '10',
    })
    expect(result['success']).toBe(true)
    const status = await eventually(
      () => readResource(client, `order://status/${String(result['order_id'])}`),
      (order) => ['FILLED', 'OPEN'].includes(String(order['status'])),
    )
    expect(['FILLED', 'OPEN']).toContain(status['status'])
  })
})
