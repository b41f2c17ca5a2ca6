import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { MemoryDisk, SeededRandom } from '@tidegate/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import type { Endpoint, Home } from '../gateway.js'
import { openHome } from '../home/open-home.js'
import { mintTokens } from '../http/tokens.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const IN_CONFIGURATION = 'a token that stands in the configuration as its hash'.replaceAll(' ', '-')
const ENDED_IN_CONFIGURATION = 'another-one-that-was-revoked'

const file = `
agents:
  trading: { role: trader, daily_budget_usd: 500 }
  reading: { role: viewer }
  narrow: { role: trader, permissions: [read_market_data] }
  hashed: { role: analyst, token_sha256: [${sha256(IN_CONFIGURATION)}, ${sha256(ENDED_IN_CONFIGURATION)}] }
`

const UNAUTHENTICATED = {
  status: 401,
  challenge: 'Bearer realm="tidegate"',
  body: `${JSON.stringify({
    ok: false,
    error: {
      code: 'ERR_UNAUTHENTICATED',
      message: 'No valid token came with the request',
      hint: 'Send Authorization: Bearer with the token printed at start',
    },
  })}\n`,
}

interface Answer {
  readonly status: number
  readonly challenge: string | undefined
  readonly body: string
}

let folder: string
let home: Home
let endpoint: Endpoint
/** Every token the tests use, by what it is. */
const token: Record<string, string> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-tokens-'))
  const config = loadConfig({
    flags: { home: join(folder, 'home'), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
    env: {},
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })
  home = openHome(config, { as: 'serve', quiet: true })
  endpoint = await home.endpoint()
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
  const create = async (agent: string, more: JsonObject = {}): Promise<string> =>
    (await home.control.call('tokens_create', { agent, ...more }))['token'] as string
  token['trading'] = await create('trading')
  token['reading'] = await create('reading')
  token['narrow'] = await create('narrow')
  token['revoked'] = await create('trading')
  await home.control.call('tokens_revoke', { agent: 'trading', id: sha256(token['revoked']).slice(0, 12) })
  token['expired'] = await create('reading', { expires_at_ms: Date.now() + 300 })
  token['hashed'] = IN_CONFIGURATION
  token['revoked in the configuration'] = ENDED_IN_CONFIGURATION
  await home.control.call('tokens_revoke', { agent: 'hashed', id: sha256(ENDED_IN_CONFIGURATION).slice(0, 12) })
  token['home'] = endpoint.agentToken
  token['operator'] = endpoint.operatorToken
  // As another environment, another home, would have made them: of the same form, and unknown here.
  const elsewhere = mintTokens(new MemoryDisk(), new SeededRandom(99), '/elsewhere')
  token['elsewhere'] = elsewhere.agent
  token['operator elsewhere'] = elsewhere.operator
  token['agent elsewhere'] = `tgt_${elsewhere.agent.slice(4)}`
  await new Promise((resolve) => setTimeout(resolve, 320))
}, 60_000)
afterAll(async () => {
  await home?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Send {
  readonly method?: string
  readonly authorization?: string | readonly string[]
  readonly query?: string
  readonly body?: object
}

function send(path: string, { method = 'POST', authorization, query = '', body }: Send): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${endpoint.url}${path}${query}`,
      {
        method,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(authorization === undefined ? {} : { authorization: authorization as string }),
        },
      },
      (response) => {
        const done = (text: string): void =>
          resolve({
            status: response.statusCode ?? 0,
            challenge: response.headers['www-authenticate'],
            body: text,
          })
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          // A stream that is open has no end.
          if (path === '/backend/subscribe' && text.includes('"open":true')) {
            done(text)
            request.destroy()
          }
        })
        response.on('end', () => done(text))
      },
    )
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const rpc = (method: string, params: object = {}): object => ({ jsonrpc: '2.0', id: 1, method, params })
const call = (name: string, args: object = {}): object => rpc('tools/call', { name, arguments: args })

/** One request that every door answers with 200 when the caller may pass. */
const doors: readonly (readonly [string, Send])[] = [
  ['/mcp', { body: call('get_market_data', { product_ids: ['BTC-USD'] }) }],
  ['/backend', { body: { call: { op: 'readResource', uri: 'market://products' } } }],
  ['/backend/subscribe', { body: {} }],
  ['/control', { body: { verb: 'status' } }],
  ['/metrics', { method: 'GET' }],
  ['/nowhere', { body: {} }],
]

const NOBODY = [401, 401, 401, 401, 401, 401]
const AGENT = [200, 200, 200, 403, 403, 404]
const OPERATOR = [200, 200, 200, 200, 200, 404]

/** What comes with a request, and what each door in turn answers. */
const states: readonly (readonly [string, () => Pick<Send, 'authorization' | 'query'>, readonly number[]])[] = [
  ['none', () => ({}), NOBODY],
  ['empty', () => ({ authorization: '' }), NOBODY],
  ['a scheme without a token', () => ({ authorization: 'Bearer ' }), NOBODY],
  ['malformed', () => ({ authorization: 'Bearer tgt_short' }), NOBODY],
  ['a token without a scheme', () => ({ authorization: token['trading'] ?? '' }), NOBODY],
  ['the wrong scheme', () => ({ authorization: `Basic ${token['trading']}` }), NOBODY],
  ['in the query string', () => ({ query: `?access_token=${token['trading']}&token=${token['operator']}` }), NOBODY],
  ['two headers with the same token', () => ({ authorization: both('trading', 'trading') }), NOBODY],
  ['two headers, the second one wrong', () => ({ authorization: both('trading', 'elsewhere') }), NOBODY],
  [
    'two tokens in one header',
    () => ({ authorization: `Bearer ${token['trading']}, Bearer ${token['operator']}` }),
    NOBODY,
  ],
  ['revoked', () => bearer('revoked'), NOBODY],
  ['expired', () => bearer('expired'), NOBODY],
  ['revoked though the configuration lists it', () => bearer('revoked in the configuration'), NOBODY],
  ['of another home', () => bearer('elsewhere'), NOBODY],
  ['of another home’s operator', () => bearer('operator elsewhere'), NOBODY],
  ['of an agent of another home', () => bearer('agent elsewhere'), NOBODY],
  ['the hash instead of the token', () => ({ authorization: `Bearer ${sha256(token['trading'] ?? '')}` }), NOBODY],
  ['padded inside', () => ({ authorization: `Bearer  ${token['trading']}` }), NOBODY],
  ['padded with a tab', () => ({ authorization: `Bearer\t${token['trading']}` }), NOBODY],
  ['in other case', () => ({ authorization: `Bearer ${token['trading']?.toUpperCase()}` }), NOBODY],
  ['cut short', () => ({ authorization: `Bearer ${token['trading']?.slice(0, -1)}` }), NOBODY],
  ['with more behind it', () => ({ authorization: `Bearer ${token['trading']}A` }), NOBODY],
  ['longer than any', () => ({ authorization: `Bearer ${'A'.repeat(5_000)}` }), NOBODY],
  ['valid, of an agent', () => bearer('trading'), AGENT],
  ['valid, padded around by the wire', () => ({ authorization: `  Bearer ${token['trading']}  ` }), AGENT],
  ['valid, the scheme in other case', () => ({ authorization: `bEaReR ${token['trading']}` }), AGENT],
  ['valid, of the configuration', () => bearer('hashed'), AGENT],
  ['valid, of the home', () => bearer('home'), AGENT],
  ['valid, of the operator', () => bearer('operator'), OPERATOR],
]

const bearer = (name: string): Pick<Send, 'authorization'> => ({ authorization: `Bearer ${token[name]}` })
const both = (a: string, b: string): readonly string[] => [`Bearer ${token[a]}`, `Bearer ${token[b]}`]

describe.each(states)('a token that is %s', (_, state, expected) => {
  it.each(doors.map(([path, request], index) => [path, request, expected[index]] as const))(
    'is answered at %s',
    async (path, request, status) => {
      const answer = await send(path, { ...request, ...state() })
      if (status === 401) expect(answer).toEqual(UNAUTHENTICATED)
      else expect([answer.status, answer.challenge]).toEqual([status, undefined])
    },
  )
})

/** The committed table of the surface, as far as it is about what may be seen: items by role. */
const table = readFileSync(new URL('../../../mcp-adapter/permission-matrix.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| (tool|resource|prompt) /.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map(([kind = '', item = '', needs = '', viewer = '', analyst = '', trader = '']) => ({
    kind,
    item,
    needs: needs.split(', '),
    role: { viewer, analyst, trader },
  }))
  .filter(({ item }) => !item.includes('='))

const ask = ({ kind, item }: { readonly kind: string; readonly item: string }): object =>
  kind === 'tool'
    ? call(item, item === 'get_history' ? { kind: 'transfers' } : {})
    : kind === 'resource'
      ? rpc('resources/read', { uri: item.replace('{product_id}', 'BTC-USD').replace('{order_id}', 'x') })
      : rpc('prompts/get', { name: item, arguments: {} })

describe('every tool, resource and prompt', () => {
  it.each(table.map((row) => [row.kind, row.item, row] as const))(
    '%s %s is behind the same door, whatever the token is that is none',
    async (_kind, _item, row) => {
      for (const [name, state, expected] of states) {
        if (expected !== NOBODY) continue
        expect([name, await send('/mcp', { ...state(), body: ask(row) })]).toEqual([name, UNAUTHENTICATED])
      }
    },
  )

  it.each([
    ['trading', 'trader'],
    ['hashed', 'analyst'],
    ['reading', 'viewer'],
  ] as const)('of %s are those of a %s', async (name, role) => {
    for (const row of table) {
      const { status, body } = await send('/mcp', { ...bearer(name), body: ask(row) })
      expect(status).toBe(200)
      expect([row.item, body.includes('ERR_PERMISSION')]).toEqual([row.item, row.role[role] === '–'])
    }
  })

  it('of an agent that was narrowed are those that its permissions allow', async () => {
    for (const row of table) {
      const { body } = await send('/mcp', { ...bearer('narrow'), body: ask(row) })
      const may = row.needs.every((need) => need === 'read_market_data')
      expect([row.item, body.includes('ERR_PERMISSION')]).toEqual([row.item, !may])
    }
  })
})

describe('a token in use', () => {
  const asked = (name: string, principal: object) =>
    send('/backend', { ...bearer(name), body: { principal, call: { op: 'readResource', uri: 'account://profile' } } })

  it('acts as its own agent and as nobody else, and the refusal is the same whoever it was', async () => {
    expect((await asked('reading', { name: 'reading', role: 'admin' })).body).toContain('\\"role\\":\\"viewer\\"')
    const refusals = new Set<string>()
    for (const name of ['trading', 'hashed', 'local', 'nobody', 'operator', 'cli']) {
      const { status, body } = await asked('reading', { name, role: 'trader' })
      expect(status).toBe(403)
      refusals.add(body)
    }
    expect(refusals.size).toBe(1)
  })

  it('of the home does not act as an agent that has its own', async () => {
    expect((await asked('home', { name: 'trading', role: 'trader' })).status).toBe(403)
    expect((await asked('home', { name: 'hashed', role: 'analyst' })).status).toBe(403)
  })

  it('trades under the limits of its agent', async () => {
    const order = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '600' }
    const mine = await send('/mcp', { ...bearer('trading'), body: call('check_trade_risk', { ...order }) })
    expect(mine.body).toContain('RISK_DAILY_VALUE')
    const defaults = await send('/mcp', { ...bearer('home'), body: call('check_trade_risk', { ...order }) })
    expect(defaults.body).not.toContain('RISK_DAILY_VALUE')
  })

  it('is ended by a word at the operator’s door, from the next request on', async () => {
    const fresh = (await home.control.call('tokens_create', { agent: 'narrow' }))['token'] as string
    const use = () =>
      send('/backend', {
        authorization: `Bearer ${fresh}`,
        body: { call: { op: 'readResource', uri: 'market://products' } },
      })
    expect((await use()).status).toBe(200)
    await home.control.call('tokens_revoke', { agent: 'narrow', id: sha256(fresh).slice(0, 12) })
    expect(await use()).toEqual(UNAUTHENTICATED)
    expect((await send('/mcp', { ...bearer('narrow'), body: rpc('tools/list') })).status).toBe(200)
  })

  it('is told in the list by the beginning of its hash, with its last use, and never itself', async () => {
    const { tokens } = (await home.control.call('tokens_list', {})) as unknown as {
      readonly tokens: readonly Readonly<Record<string, string | null>>[]
    }
    const shown = JSON.stringify(tokens)
    for (const text of Object.values(token)) expect(shown).not.toContain(text)
    const of = (name: string) => tokens.find(({ id }) => id === sha256(token[name] ?? '').slice(0, 12))
    expect(of('trading')).toMatchObject({ agent: 'trading', role: 'trader', state: 'active', source: 'store' })
    expect(of('trading')?.['last_used_at']).toMatch(/^20/)
    expect(of('revoked')).toMatchObject({ state: 'revoked' })
    expect(of('expired')).toMatchObject({ state: 'expired' })
    expect(of('hashed')).toMatchObject({ agent: 'hashed', state: 'active', source: 'configuration' })
  })

  it('is one of at most two active ones of an agent', async () => {
    const create = (agent: string) => home.control.call('tokens_create', { agent })
    const second = (await create('trading'))['id'] as string
    await expect(create('trading')).rejects.toThrow(/has 2 active tokens already/)
    await home.control.call('tokens_revoke', { agent: 'trading', id: second })
    const third = (await create('trading'))['id'] as string
    await home.control.call('tokens_revoke', { agent: 'trading', id: third })
    await expect(create('nobody')).rejects.toThrow(/There is no agent "nobody"/)
    await expect(home.control.call('tokens_revoke', { agent: 'trading', id: third })).rejects.toThrow(/no such token/)
  })
})
