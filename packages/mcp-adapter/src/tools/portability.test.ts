import { ROLES } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type ListedTool, portabilityFaults } from '../../test-support/portable-schema.js'
import { wireLists } from '../serve/wire-lists.js'

const listed = ROLES.flatMap((role) =>
  [false, true].map((adminTrades) => [role, adminTrades, wireLists({ name: 'x', role }, adminTrades)] as const),
)

describe.each(listed)('the tools of a %s (admins trade: %s)', (_role, _adminTrades, lists) => {
  it('are function declarations that OpenAI and Gemini take', () => {
    const tools = lists.tools as readonly ListedTool[]
    expect(tools.length).toBeGreaterThan(0)
    expect(tools.flatMap((tool) => portabilityFaults(tool).map((fault) => `${tool.name} ${fault}`))).toEqual([])
    expect(new Set(tools.map((tool) => tool.name)).size).toBe(tools.length)
  })

  it('say what every list in their answers holds', () => {
    for (const { name, outputSchema } of lists.tools as readonly { name: string; outputSchema: unknown }[]) {
      expect(JSON.stringify(outputSchema), name).not.toMatch(/"items":\{\}|"type":\[/)
    }
  })
})

describe('the lint itself', () => {
  const tool = (inputSchema: unknown, rest: object = {}): ListedTool => ({
    name: 'a_tool',
    description: 'does it',
    inputSchema,
    ...rest,
  })
  const holding = (schema: unknown): ListedTool => tool({ type: 'object', properties: { it: schema } })
  const nested = (levels: number): object =>
    levels === 0 ? { type: 'string' } : { type: 'object', properties: { in: nested(levels - 1) } }
  const many = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string' }]))

  it('finds nothing in a plain tool', () => {
    const properties = {
      side: { type: 'string', enum: ['BUY', 'SELL'], description: 'which way' },
      ids: { type: 'array', items: { type: 'string' } },
      count: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
    }
    expect(portabilityFaults(tool({ type: 'object', properties, required: ['side'] }))).toEqual([])
    expect(portabilityFaults(tool({ type: 'object' }))).toEqual([])
  })

  it.each([
    ['a name with a dot', tool({ type: 'object' }, { name: 'a.b' })],
    ['a name of 65 characters', tool({ type: 'object' }, { name: 'a'.repeat(65) })],
    ['no description', tool({ type: 'object' }, { description: '' })],
    ['a description of 1,025 characters', tool({ type: 'object' }, { description: 'x'.repeat(1_025) })],
    ['no schema', tool(undefined)],
    ['a root that is no object', tool({ type: 'string' })],
    ['a choice at the root', tool({ type: 'object', oneOf: [{ required: ['a'] }] })],
    ['a choice inside', holding({ anyOf: [{ type: 'string' }, { type: 'number' }] })],
    ['a reference', tool({ type: 'object', properties: { it: { $ref: '#/$defs/x' } }, $defs: { x: {} } })],
    ['two types', holding({ type: ['string', 'null'] })],
    ['no type', holding({ description: 'anything' })],
    ['a format', holding({ type: 'string', format: 'date-time' })],
    ['a pattern', holding({ type: 'string', pattern: '^a' })],
    ['a constant', holding({ type: 'string', const: 'a' })],
    ['an exclusive bound', holding({ type: 'integer', exclusiveMinimum: 0 })],
    ['closed properties', tool({ type: 'object', properties: {}, additionalProperties: false })],
    ['an array of anything', holding({ type: 'array' })],
    ['an array whose items are bare', holding({ type: 'array', items: {} })],
    ['an enum of numbers', holding({ type: 'integer', enum: [1, 2] })],
    ['an empty word in an enum', holding({ type: 'string', enum: ['', 'a'] })],
    ['a word twice', holding({ type: 'string', enum: ['a', 'a'] })],
    ['a required argument that is not there', tool({ type: 'object', properties: {}, required: ['a'] })],
    ['a property name with a dash', tool({ type: 'object', properties: { 'a-b': { type: 'string' } } })],
    ['six levels', tool(nested(6))],
    ['101 properties', tool({ type: 'object', properties: many(101) })],
  ])('finds %s', (_what, broken) => {
    expect(portabilityFaults(broken)).not.toEqual([])
  })
})
