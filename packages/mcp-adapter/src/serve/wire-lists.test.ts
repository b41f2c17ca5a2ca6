import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { type Permission, type Principal, ROLES } from '@tidegate/trading-model'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { wireLists } from './wire-lists.js'

const golden = new URL('../../surface.golden.txt', import.meta.url)
const principals: Readonly<Record<string, readonly [Principal, boolean]>> = {
  ...Object.fromEntries(ROLES.map((role) => [role, [{ name: 'x', role }, false] as const])),
  'admin + trades': [{ name: 'x', role: 'admin' }, true],
}

/** Everything that any role is shown, and for each role the hash of exactly what it is shown. */
function shown(): string {
  const roles = Object.entries(principals).map(([name, [principal, adminTrades]]) => {
    const lists = wireLists(principal, adminTrades)
    return [name, createHash('sha256').update(JSON.stringify(lists)).digest('hex')] as const
  })
  const all = wireLists({ name: 'x', role: 'admin' }, true)
  return `${JSON.stringify({ sha256: Object.fromEntries(roles), ...all }, null, 2)}\n`
}

describe('what an agent is shown', () => {
  it('is what was reviewed: UPDATE_DOCS=1 writes a change down, for the next reviewer', () => {
    const text = shown()
    if (process.env['UPDATE_DOCS']) writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })

  it('is the same for everybody with the same role and permissions, whoever asks and however often', () => {
    const permissions: readonly Permission[] = ['read_market_data', 'read_accounts']
    const reversed = [...permissions].reverse()
    expect(wireLists({ name: 'a', role: 'trader' })).toBe(wireLists({ name: 'b', role: 'trader' }))
    expect(wireLists({ name: 'a', role: 'trader', permissions })).toEqual(
      wireLists({ name: 'b', role: 'trader', permissions: reversed }),
    )
  })

  it('costs a conversation at most 2,500 tokens for its tools as a model sees them, 5,000 as a client does', () => {
    const lists = wireLists({ name: 'x', role: 'trader' })
    const tools = lists.tools as readonly { name: string; description: string; inputSchema: object }[]
    const seen = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
    const counts = { tools: tools.length, model: count(seen), whole: count({ tools }) }
    process.stdout.write(`o200k tokens of the default tools: ${JSON.stringify(counts)}\n`)
    expect(counts.tools).toBe(15)
    expect(counts.model).toBeLessThanOrEqual(2_500)
    expect(counts.whole).toBeLessThanOrEqual(5_000)
  })

  it('costs nobody but an admin anything for the tools of an admin', () => {
    for (const [name, [principal, adminTrades]] of Object.entries(principals)) {
      const names = (wireLists(principal, adminTrades).tools as readonly { name: string }[]).map((tool) => tool.name)
      const found = names.filter((tool) => tool === 'modify_config' || tool === 'view_logs')
      expect([name, found]).toEqual([name, principal.role === 'admin' ? ['modify_config', 'view_logs'] : []])
    }
    const all = wireLists({ name: 'x', role: 'admin' }, true).tools as readonly { name: string; description: string }[]
    process.stdout.write(`o200k tokens of all tools: ${count(all)}\n`)
    expect(count(all)).toBeLessThanOrEqual(5_500)
  })
})

function count(value: unknown): number {
  return encode(JSON.stringify(value)).length
}
