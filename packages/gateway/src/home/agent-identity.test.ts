import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PermissionError, type Principal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import type { Home } from '../gateway.js'
import { openHome } from './open-home.js'

const file = `
agents:
  momentum: { role: trader, daily_budget_usd: 50 }
  research: { role: viewer }
  fresh: { role: viewer }
`

let folder: string
let owner: Home
const opened: Home[] = []
/** The tokens of the agents that have one. */
const token: Record<string, string> = {}

const open = (name: string, as: 'stdio' | 'cli' | 'serve', agentToken?: string): Home => {
  const config = loadConfig({
    flags: { home: join(folder, name), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
    env: {},
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })
  const home = openHome(config, { as, quiet: true, ...(agentToken === undefined ? {} : { agentToken }) })
  opened.push(home)
  return home
}

const ready = async (home: Home): Promise<Home> => {
  await home.endpoint()
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
  return home
}

const trader = (name: string): Principal => ({ name, role: 'trader' })
const order = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '60' }

/** What a tool call under a name comes to: the codes of the denial, or of the error. */
async function codeOf(home: Home, principal: Principal): Promise<string> {
  try {
    const { structured } = await home.mcp.callTool(principal, 'check_trade_risk', order)
    const denials = JSON.stringify(structured).match(/RISK_DAILY_VALUE/)
    return denials ? 'RISK_DAILY_VALUE' : structured['approved'] === true ? 'approved' : JSON.stringify(structured)
  } catch (error) {
    if (error instanceof PermissionError) return error.code
    throw error
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-identity-'))
  owner = await ready(open('home', 'stdio'))
  for (const agent of ['momentum', 'research'])
    token[agent] = (await owner.control.call('tokens_create', { agent }))['token'] as string
}, 60_000)
afterAll(async () => {
  for (const home of opened.reverse()) await home.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The same questions to the process that owns the home itself, and to one that attached to it. */
describe.each(['owns the home', 'is attached'] as const)('a stdio server that %s', (how) => {
  const asking = async (agentToken?: string): Promise<Home> => {
    if (how === 'is attached') {
      const home = open('home', 'stdio', agentToken)
      await home.endpoint()
      expect(home.role()).toBe('attached')
      return home
    }
    if (agentToken === undefined) return owner
    // Only one process owns a home at a time: this one gives it up for another with the token.
    for (const home of opened.splice(0).reverse()) await home.close()
    owner = await ready(open('home', 'stdio', agentToken))
    expect(owner.role()).toBe('owner')
    return owner
  }

  it('is the default agent without a word, with the account’s limits', async () => {
    expect(await codeOf(await asking(), trader('local'))).toBe('approved')
  })

  it('is no agent that has a token without that token, whatever name it gives', async () => {
    const home = await asking()
    expect(await codeOf(home, trader('momentum'))).toBe('ERR_PERMISSION')
    expect(await codeOf(home, { name: 'research', role: 'admin' })).toBe('ERR_PERMISSION')
    await expect(home.mcp.readResource(trader('momentum'), 'account://balances')).rejects.toThrow(PermissionError)
    await expect(home.mcp.getPrompt(trader('momentum'), 'market_summary', {})).rejects.toThrow(PermissionError)
    const ref = { kind: 'prompt', name: 'market_summary' } as const
    await expect(home.mcp.complete(trader('momentum'), ref, 'product_ids', '')).rejects.toThrow(PermissionError)
  })

  it('is an agent without a token by its name alone, with the role of the configuration', async () => {
    const home = await asking()
    const { text } = await home.mcp.readResource(trader('fresh'), 'account://profile')
    expect(JSON.parse(text)).toMatchObject({ you: { name: 'fresh', role: 'viewer' } })
    const placed = await home.mcp.callTool(trader('fresh'), 'place_order', order)
    expect(placed).toMatchObject({ isError: true, structured: { error: { code: 'ERR_PERMISSION' } } })
  })

  it('is its agent with the token of that agent, and under its limits', async () => {
    const home = await asking(token['momentum'])
    expect(await codeOf(home, trader('momentum'))).toBe('RISK_DAILY_VALUE')
    // With the token of one agent there is no other name to be had.
    for (const name of ['research', 'local', 'fresh', 'operator'])
      expect([name, await codeOf(home, trader(name))]).toEqual([name, 'ERR_PERMISSION'])
  })

  it('is nobody with a token that is none', async () => {
    const home = await asking(`tgt_${'x'.repeat(43)}`)
    await expect(home.mcp.callTool(trader('momentum'), 'get_account', {})).rejects.toThrow()
    await expect(home.mcp.callTool(trader('local'), 'get_account', {})).rejects.toThrow()
  })
})

describe('the command line', () => {
  it('speaks for the operator, and for an agent with that agent’s role', async () => {
    const home = open('home', 'cli')
    expect(await codeOf(home, trader('cli'))).toBe('approved')
    const { text } = await home.mcp.readResource({ name: 'research', role: 'admin' }, 'account://profile')
    expect(JSON.parse(text)).toMatchObject({ you: { name: 'research', role: 'viewer' } })
  })
})
