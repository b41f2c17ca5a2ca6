import { describe, expect, it } from 'vitest'
import { folders, importsOf, isTest, packageJson, sources } from './repository.js'

/** Outside libraries, and the only places that may use them (design §3). */
const homes: Readonly<Record<string, readonly string[]>> = {
  'decimal.js': ['packages/trading-model/src/money/decimal.ts'],
  axios: ['packages/coinbase-client/'],
  ws: ['packages/coinbase-client/', 'packages/paper-exchange/'],
  kysely: ['packages/trade-journal/'],
  libsql: ['packages/trade-journal/', 'packages/audit-verifier/'],
  pg: ['packages/trade-journal/', 'packages/audit-verifier/'],
  'lru-cache': ['packages/market-cache/'],
  '@modelcontextprotocol/server': ['packages/mcp-adapter/src/bind-sdk'],
  '@modelcontextprotocol/node': ['packages/mcp-adapter/src/bind-sdk'],
  pino: ['packages/gateway/'],
  'pino-roll': ['packages/gateway/'],
  'prom-client': ['packages/gateway/'],
  yaml: ['packages/gateway/', 'packages/paper-exchange/src/faults/'],
  commander: ['apps/cli/'],
  otpauth: ['packages/gateway/'],
  uqr: ['apps/cli/'],
  'jsonc-parser': ['apps/cli/src/setup/'],
  'smol-toml': ['apps/cli/src/setup/'],
  'lightweight-charts': ['packages/web/src/candles/'],
}

/** Ours: who may import whom. Tests may also use the testkit. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'trading-model': [],
  'coinbase-wire': ['trading-model'],
  'coinbase-client': ['trading-model', 'coinbase-wire'],
  'market-cache': ['trading-model'],
  'risk-engine': ['trading-model'],
  'trade-journal': ['trading-model'],
  'trading-desk': ['trading-model', 'risk-engine'],
  'paper-exchange': ['trading-model', 'coinbase-wire'],
  'mcp-adapter': ['trading-model', 'risk-engine', 'trading-desk'],
  // Shares nothing with what it checks.
  'audit-verifier': [],
  gateway: [
    'trading-model',
    'coinbase-wire',
    'coinbase-client',
    'market-cache',
    'risk-engine',
    'trade-journal',
    'audit-verifier',
    'trading-desk',
    'paper-exchange',
    'mcp-adapter',
  ],
  testkit: ['trading-model'],
  // Built into files; nobody imports it.
  web: [],
}
const appsMayUse = ['gateway', 'mcp-adapter', 'trading-model']

const files = [...sources('packages'), ...sources('apps')]

describe('who may import whom', () => {
  it('knows a rule for every package', () => {
    expect([...folders('packages')].sort()).toEqual(Object.keys(allowed).sort())
  })

  it.each(Object.entries(allowed))('%s imports only its neighbours below', (name, may) => {
    const json = packageJson(`packages/${name}`)
    const declared = Object.keys({ ...json.dependencies, ...json.peerDependencies, ...json.optionalDependencies })
    for (const dependency of declared.filter((item) => item.startsWith('@tidegate/'))) {
      expect(may, `${name} depends on ${dependency}`).toContain(dependency.slice('@tidegate/'.length))
    }
    for (const file of files.filter((item) => item.path.startsWith(`packages/${name}/`))) {
      for (const target of importsOf(file).filter((item) => item.startsWith('@tidegate/'))) {
        const bare = target.slice('@tidegate/'.length)
        if (isTest(file) && /^testkit(\/|$)/.test(bare)) continue
        expect(may, `${file.path} imports ${target}`).toContain(bare)
      }
    }
  })

  it('apps use the gateway, the adapter and the model, nothing else of ours', () => {
    for (const file of sources('apps')) {
      for (const target of importsOf(file).filter((item) => item.startsWith('@tidegate/'))) {
        expect(appsMayUse, `${file.path} imports ${target}`).toContain(target.slice('@tidegate/'.length))
      }
    }
  })

  it.each(Object.entries(homes))('%s is used in its own place only', (library, places) => {
    for (const file of files) {
      if (isTest(file)) continue
      if (!importsOf(file).some((item) => item === library || item.startsWith(`${library}/`))) continue
      expect(
        places.some((place) => file.path.startsWith(place)),
        `${file.path} imports ${library}`,
      ).toBe(true)
    }
  })

  it('nobody reaches into another package past its index', () => {
    for (const file of files) {
      for (const target of importsOf(file)) {
        if (isTest(file) && target.startsWith('@tidegate/testkit/')) continue
        expect(/^@tidegate\/[a-z-]+\/./.test(target), `${file.path} imports ${target}`).toBe(false)
      }
    }
  })
})

describe('the two types that guard the money', () => {
  it('submit tickets are minted by the journal alone', () => {
    const minting = files
      .filter((file) => !isTest(file) && file.text.includes('SubmitTicket.mint'))
      .map((file) => file.path)
    expect(minting.length).toBeGreaterThan(0)
    for (const path of minting) expect(path).toMatch(/^packages\/(trade-journal|testkit)\//)
  })

  it('submit tickets are redeemed by the venue client alone', () => {
    const redeeming = files
      .filter((file) => !isTest(file) && file.text.includes('SubmitTicket.redeem'))
      .map((file) => file.path)
    expect(redeeming.length).toBeGreaterThan(0)
    for (const path of redeeming) expect(path).toMatch(/^packages\/(coinbase-client|testkit)\//)
  })

  it('approved orders are minted by the risk engine alone', () => {
    const casting = files
      .filter((file) => !isTest(file) && /\bas (unknown as )?ApprovedOrder\b/.test(file.text))
      .map((file) => file.path)
    expect(casting.filter((path) => !path.startsWith('packages/testkit/'))).toEqual([
      'packages/risk-engine/src/approved-order.ts',
    ])
  })
})
