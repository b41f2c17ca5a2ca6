import { describe, expect, it } from 'vitest'
import { tools } from './list.js'

/** The specification's tools with their parameters. */
const specified: Readonly<Record<string, readonly string[]>> = {
  place_order: [
    'product_id',
    'side',
    'order_type',
    'size',
    'quote_size',
    'limit_price',
    'stop_price',
    'client_order_id',
    'post_only',
  ],
  cancel_order: ['order_id'],
  cancel_all_orders: ['product_id'],
  get_market_data: ['product_ids', 'include_orderbook', 'include_ticker'],
  get_historical_candles: ['product_id', 'granularity', 'start', 'end'],
  calculate_position_metrics: ['product_id'],
  check_trade_risk: ['product_id', 'side', 'size', 'price'],
  subscribe_ticker: ['symbols'],
}

/** Beyond the specification's: the other kinds of order, their ends and exits. */
const alsoOfPlaceOrder = [
  'time_in_force',
  'start_time',
  'end_time',
  'stop_direction',
  'take_profit_price',
  'stop_loss_price',
  'num_orders',
  'min_price',
  'max_price',
  'price_distribution',
  'size_distribution',
]

describe('the tool list', () => {
  it('has every tool of the specification with every parameter', () => {
    for (const [name, parameters] of Object.entries(specified)) {
      const tool = tools.find((item) => item.name === name)
      expect(Object.keys(tool?.inputSchema.properties ?? {}), name).toEqual(expect.arrayContaining([...parameters]))
    }
    const place = tools.find((item) => item.name === 'place_order')
    expect(place?.inputSchema.required).toEqual(['product_id', 'side', 'order_type'])
    expect(Object.keys(place?.inputSchema.properties ?? {}).sort()).toEqual(
      [...(specified['place_order'] ?? []), ...alsoOfPlaceOrder].sort(),
    )
  })

  it.each(tools.map((tool) => [tool.name, tool] as const))('%s is portable to every host', (name, tool) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(name.length).toBeLessThanOrEqual(40)
    expect(tool.title.length).toBeGreaterThan(3)
    expect(Object.values(tool.hints)).toHaveLength(4)
    for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint']) {
      expect(tool.hints).toHaveProperty(hint)
    }
    if (tool.hints.readOnlyHint) expect(tool.hints.destructiveHint).toBe(false)
    expect(tool.inputSchema.type).toBe('object')
    for (const [argument, schema] of Object.entries(tool.inputSchema.properties)) {
      expect(argument).toMatch(/^[a-z]+(_[a-z]+)*$/)
      const allowed = ['type', 'description', 'enum', 'default', 'items', 'minimum', 'maximum']
      expect(allowed, argument).toEqual(expect.arrayContaining(Object.keys(schema)))
      expect(['string', 'boolean', 'integer', 'array']).toContain(schema.type)
      if (schema.type === 'array') expect(schema.items).toEqual({ type: 'string' })
    }
    for (const required of tool.inputSchema.required ?? []) {
      expect(Object.keys(tool.inputSchema.properties)).toContain(required)
    }
    expect(JSON.stringify([tool.inputSchema, tool.outputSchema])).not.toMatch(
      /oneOf|anyOf|allOf|\$ref|"format"|"pattern"|additionalProperties|exclusiveM/,
    )
  })

  it('gives the model no amount to write as a number', () => {
    for (const tool of tools) {
      for (const [argument, schema] of Object.entries(tool.inputSchema.properties)) {
        if (/size|price|amount|value/.test(argument)) expect(schema.type, `${tool.name}.${argument}`).toBe('string')
      }
    }
  })
})
