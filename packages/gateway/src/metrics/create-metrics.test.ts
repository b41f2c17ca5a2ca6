import { describe, expect, it } from 'vitest'
import { createMetrics } from './create-metrics.js'
import { specificationMetrics } from './metric-definitions.js'

const value = (text: string, line: string): string | undefined =>
  text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${line} `))
    ?.slice(line.length + 1)

describe('createMetrics', () => {
  it('has every name of the specification from the start', async () => {
    const text = await createMetrics().text()
    const specified = [
      'api_request_duration_seconds',
      'websocket_message_latency_ms',
      'order_placement_time_ms',
      'orders_placed_total',
      'orders_cancelled_total',
      'api_requests_total',
      'websocket_messages_received_total',
      'api_errors_total',
      'websocket_disconnections_total',
      'order_rejections_total',
      'trading_volume_usd',
      'position_sizes_by_product',
      'pnl_realized_usd',
      'pnl_unrealized_usd',
    ]
    expect([...specificationMetrics].sort()).toEqual([...specified].sort())
    for (const name of specified) expect(text).toContain(`# TYPE ${name} `)
  })

  it('counts, sets and observes by label', async () => {
    const metrics = createMetrics()
    metrics.count('api_errors_total', { endpoint: 'create_order', error_code: 'ERR_VENUE_REJECTED' })
    metrics.count('api_errors_total', { endpoint: 'create_order', error_code: 'ERR_VENUE_REJECTED' }, 2)
    metrics.gauge('pnl_unrealized_usd', -12.5, { product: 'BTC-USD' })
    metrics.observe('order_placement_time_ms', 12, { order_type: 'LIMIT', outcome: 'accepted' })
    const text = await metrics.text()
    expect(value(text, 'api_errors_total{endpoint="create_order",error_code="ERR_VENUE_REJECTED"}')).toBe('3')
    expect(value(text, 'pnl_unrealized_usd{product="BTC-USD"}')).toBe('-12.5')
    expect(value(text, 'order_placement_time_ms_bucket{le="25",order_type="LIMIT",outcome="accepted"}')).toBe('1')
    expect(value(text, 'order_placement_time_ms_bucket{le="10",order_type="LIMIT",outcome="accepted"}')).toBe('0')
  })

  it('takes names it did not know, and never throws for wrong kinds, labels, names or values', async () => {
    const metrics = createMetrics()
    metrics.count('new_things_total', { kind: 'a' })
    metrics.count('new_things_total', { kind: 'a', more: 'b' })
    metrics.count('new_things_total')
    metrics.gauge('orders_placed_total', 5)
    metrics.count('orders_placed_total', { product: 'X', nonsense: 'y' })
    metrics.count('orders_placed_total', {}, -1)
    metrics.count('orders_placed_total', {}, Number.NaN)
    metrics.count('not a name', {})
    const text = await metrics.text()
    expect(value(text, 'new_things_total{kind="a"}')).toBe('2')
    expect(value(text, 'orders_placed_total{product="X",side="",order_type=""}')).toBe('1')
    expect(text).not.toContain('not a name')
  })

  it('bounds the number of series and the length of labels, and masks secrets in them', async () => {
    const metrics = createMetrics((text) => text.replaceAll('CANARY', '[redacted]'))
    for (let at = 0; at < 2_000; at++) metrics.count('tool_calls_total', { tool: `t${at}`, is_error: 'false' })
    metrics.count('orders_cancelled_total', { product: 'CANARY' })
    metrics.count('orders_cancelled_total', { product: 'x'.repeat(5_000) })
    const text = await metrics.text()
    expect(value(text, 'tool_calls_total{tool="other",is_error="other"}')).toBe('1500')
    expect(text.split('\n').filter((line) => line.startsWith('tool_calls_total{'))).toHaveLength(501)
    expect(text).not.toContain('CANARY')
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(400)
  })

  it('keeps two stores apart', async () => {
    const one = createMetrics()
    const other = createMetrics()
    one.count('orders_placed_total', { product: 'A' })
    expect(value(await other.text(), 'orders_placed_total{product="A",side="",order_type=""}')).toBeUndefined()
  })
})
