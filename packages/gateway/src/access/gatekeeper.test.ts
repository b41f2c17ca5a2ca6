import { createHash } from 'node:crypto'
import { definePolicy } from '@tidegate/risk-engine'
import { CountingIds, createMemoryJournal, FakeTime, MemoryDisk, MemoryLog, SeededRandom } from '@tidegate/testkit'
import { type Environment, NotReadyError, PermissionError, type Principal, StoreError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { AgentConfig } from '../config/config.js'
import { mintTokens } from '../http/tokens.js'
import { createAgentDirectory } from './agent-directory.js'
import { agentPrincipal } from './agent-principal.js'
import { type Caller, createGatekeeper, type TokenStore } from './gatekeeper.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const stored = (letter: string): string => `tgt_${letter.repeat(43)}`

const policy = definePolicy()
const agent = (name: string, more: Partial<AgentConfig> = {}): AgentConfig => ({
  name,
  role: 'trader',
  policy,
  tokenHashes: [],
  maxCallsPerMinute: 600,
  ...more,
})

function world(agents: readonly AgentConfig[], environment: Environment = 'paper', store?: Partial<TokenStore>) {
  const time = new FakeTime()
  const journal = createMemoryJournal({ clock: time, ids: new CountingIds() })
  const home = mintTokens(new MemoryDisk(), new SeededRandom(3), '/home')
  const gatekeeper = createGatekeeper({
    environment,
    agents: createAgentDirectory(environment, agents),
    home: () => home,
    store: () => ({
      findToken: (hash) => journal.findToken(hash),
      listTokens: () => journal.listTokens(),
      noteTokenUse: (hash) => journal.noteTokenUse(hash),
      ...store,
    }),
    clock: time,
    log: new MemoryLog(),
  })
  const save = (token: string, principal: string, expiresAtMs?: number) =>
    journal.saveToken({
      hash: sha256(token),
      principal,
      role: 'trader',
      createdAtMs: time.nowMs(),
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    })
  return { time, journal, home, gatekeeper, save }
}

const claim = (name: string, role: Principal['role'] = 'trader'): Principal => ({ name, role })

describe('whom a token speaks for', () => {
  it('knows the home’s tokens, those of the store and those of the configuration, each for its own', async () => {
    const { gatekeeper, home, save } = world([
      agent('momentum'),
      agent('research', { role: 'analyst', permissions: ['read_accounts'], tokenHashes: [sha256('any text at all')] }),
    ])
    await save(stored('m'), 'momentum')
    expect(await gatekeeper.recognise(home.agent)).toEqual({ kind: 'home' })
    expect(await gatekeeper.recognise(home.operator)).toEqual({ kind: 'operator' })
    expect(await gatekeeper.recognise(stored('m'))).toEqual({
      kind: 'agent',
      principal: { name: 'momentum', role: 'trader' },
    })
    expect(await gatekeeper.recognise('any text at all')).toEqual({
      kind: 'agent',
      principal: { name: 'research', role: 'analyst', permissions: ['read_accounts'] },
    })
    for (const wrong of [stored('x'), 'tgt_', sha256(stored('m')), '', `${stored('m')}m`, stored('m').toUpperCase()])
      expect(await gatekeeper.recognise(wrong), wrong).toBeUndefined()
  })

  it('takes role and permissions from the configuration of now, not from the time the token was made', async () => {
    const { gatekeeper, save } = world([agent('momentum', { role: 'viewer' })])
    await save(stored('m'), 'momentum')
    await save(stored('g'), 'gone-from-the-configuration')
    expect(await gatekeeper.recognise(stored('m'))).toMatchObject({ principal: { role: 'viewer' } })
    expect(await gatekeeper.recognise(stored('g'))).toBeUndefined()
  })

  it('knows a token no more from the moment it is revoked or expires, also one of the configuration', async () => {
    const { gatekeeper, journal, save, time } = world([
      agent('momentum'),
      agent('research', { tokenHashes: [sha256('old'), sha256('new')] }),
    ])
    await save(stored('m'), 'momentum')
    await save(stored('e'), 'momentum', time.nowMs() + 1_000)
    await save('old', 'research')
    await save('new', 'research', time.nowMs() + 5_000)
    for (const token of [stored('m'), stored('e'), 'old', 'new'])
      expect(await gatekeeper.recognise(token), token).toBeDefined()
    await journal.revokeToken(sha256(stored('m')), 'ada')
    await journal.revokeToken(sha256('old'), 'ada')
    expect(await gatekeeper.recognise(stored('m'))).toBeUndefined()
    expect(await gatekeeper.recognise('old')).toBeUndefined()
    await time.advance(999)
    expect(await gatekeeper.recognise(stored('e'))).toBeDefined()
    await time.advance(1)
    expect(await gatekeeper.recognise(stored('e'))).toBeUndefined()
    expect(await gatekeeper.recognise('new')).toBeDefined()
    await time.advance(4_000)
    expect(await gatekeeper.recognise('new')).toBeUndefined()
  })

  it('opens nothing while the store cannot be asked, and asks nobody about text that is no token of ours', async () => {
    let asked = 0
    const broken = (): never => {
      asked++
      throw new StoreError('ERR_STORE_IO', 'gone')
    }
    const failing = world([agent('momentum')], 'paper', { findToken: broken, listTokens: broken })
    await expect(failing.gatekeeper.recognise(stored('m'))).rejects.toThrow(StoreError)
    for (const text of ['tgt_short', 'x', stored('m').slice(1), `${stored('m')} `])
      expect(await failing.gatekeeper.recognise(text)).toBeUndefined()
    expect(asked).toBe(1)
    expect(await failing.gatekeeper.recognise(failing.home.operator)).toEqual({ kind: 'operator' })
    const closed = createGatekeeper({
      environment: 'paper',
      agents: createAgentDirectory('paper', []),
      home: () => undefined,
      store: () => undefined,
      clock: failing.time,
      log: new MemoryLog(),
    })
    await expect(closed.recognise(stored('m'))).rejects.toThrow(NotReadyError)
    expect(await closed.recognise(failing.home.operator)).toBeUndefined()
  })

  it('notes when a token was used, once a minute, and a failure of that fails nothing', async () => {
    const used: string[] = []
    const { gatekeeper, save, time } = world([agent('momentum')], 'paper', {
      noteTokenUse: (hash) => {
        used.push(hash)
        return Promise.reject(new Error('busy'))
      },
    })
    await save(stored('m'), 'momentum')
    for (let call = 0; call < 5; call++) await gatekeeper.recognise(stored('m'))
    expect(used).toEqual([sha256(stored('m'))])
    await time.advance(60_000)
    await gatekeeper.recognise(stored('m'))
    expect(used).toHaveLength(2)
  })

  it('takes exactly one header: Bearer and the token, the scheme in any case', async () => {
    const { gatekeeper, home } = world([])
    const headers = (...values: string[]) => gatekeeper.recogniseHeaders(values)
    expect(await headers(`Bearer ${home.agent}`)).toEqual({ kind: 'home' })
    expect(await headers(`bearer ${home.agent}`)).toEqual({ kind: 'home' })
    expect(await gatekeeper.recogniseHeaders(undefined)).toBeUndefined()
    for (const values of [
      [],
      [''],
      ['Bearer'],
      ['Bearer '],
      [home.agent],
      [`Basic ${home.agent}`],
      [`Bearer  ${home.agent}`],
      [`Bearer\t${home.agent}`],
      [`Bearer ${home.agent} `],
      [`Bearer ${home.agent},`],
      [`Bearer ${home.agent}`, `Bearer ${home.agent}`],
      [`Bearer ${home.agent}`, ''],
    ])
      expect(await headers(...values), JSON.stringify(values)).toBeUndefined()
  })
})

describe('as whom a caller may act', () => {
  const agents = [agent('momentum'), agent('research', { role: 'analyst', permissions: ['read_accounts'] })]
  const research: Principal = { name: 'research', role: 'analyst', permissions: ['read_accounts'] }
  const home: Caller = { kind: 'home' }

  it('an agent’s token: as that agent, whatever role it claims, and as nobody else', async () => {
    const { gatekeeper } = world(agents)
    const caller: Caller = { kind: 'agent', principal: research }
    expect(await gatekeeper.speakFor(caller, undefined)).toEqual(research)
    expect(await gatekeeper.speakFor(caller, claim('research', 'admin'))).toEqual(research)
    for (const name of ['momentum', 'local', 'cli', 'operator', 'nobody'])
      await expect(gatekeeper.speakFor(caller, claim(name)), name).rejects.toThrow(PermissionError)
  })

  it('the home’s token in paper: as an agent that was never given a token of its own', async () => {
    const { gatekeeper, journal, save } = world(agents)
    expect(await gatekeeper.speakFor(home, claim('research', 'trader'))).toEqual(research)
    await save(stored('r'), 'research')
    await expect(gatekeeper.speakFor(home, claim('research'))).rejects.toThrow(/may not act as research/)
    await journal.revokeToken(sha256(stored('r')), 'ada')
    await expect(gatekeeper.speakFor(home, claim('research'))).rejects.toThrow(PermissionError)
    expect(await gatekeeper.speakFor(home, claim('momentum'))).toEqual(claim('momentum'))
  })

  it('the home’s token: not as an agent with a hash in the configuration, and in production as none but the default', async () => {
    const configured = world([agent('momentum', { tokenHashes: [sha256('t')] })])
    await expect(configured.gatekeeper.speakFor(home, claim('momentum'))).rejects.toThrow(PermissionError)
    const live = world([...agents, agent('local', { role: 'viewer' })], 'production')
    await expect(live.gatekeeper.speakFor(home, claim('momentum'))).rejects.toThrow(PermissionError)
    expect(await live.gatekeeper.speakFor(home, claim('local', 'trader'))).toEqual(claim('local', 'viewer'))
  })

  it('the home’s token in production opens nothing where agents are named and the default is none of them', async () => {
    const { gatekeeper } = world(agents, 'production')
    await expect(gatekeeper.speakFor(home, undefined)).rejects.toThrow(/local is none of the agents/)
    expect(await world([], 'production').gatekeeper.speakFor(home, undefined)).toEqual(claim('local'))
  })

  it.each([
    ['trader', undefined, 'trader'],
    ['trader', 'viewer', 'viewer'],
    ['trader', 'analyst', 'analyst'],
    ['viewer', 'trader', 'viewer'],
    ['analyst', 'viewer', 'viewer'],
  ] as const)('the default agent is a %s; asked as %s it acts as %s', async (role, asked, acts) => {
    const { gatekeeper } = world([agent('local', { role })])
    expect(await gatekeeper.speakFor(home, asked && claim('local', asked))).toEqual(claim('local', acts))
  })

  it.each(['approver', 'admin'] as const)('the default agent is never %s by asking for it', async (role) => {
    await expect(world([]).gatekeeper.speakFor(home, claim('local', role))).rejects.toThrow(PermissionError)
  })

  it('the operator’s token: as anybody, agents with their own role and permissions', async () => {
    const { gatekeeper } = world(agents)
    const operator: Caller = { kind: 'operator' }
    expect(await gatekeeper.speakFor(operator, undefined)).toEqual(claim('operator', 'admin'))
    expect(await gatekeeper.speakFor(operator, claim('cli'))).toEqual(claim('cli'))
    expect(await gatekeeper.speakFor(operator, claim('research', 'admin'))).toEqual(research)
  })
})

describe('the name a process gives itself', () => {
  const config = { environment: 'paper' as const, agents: [agent('momentum'), agent('research', { role: 'viewer' })] }

  it('is one of the agents, by default local', () => {
    expect(agentPrincipal(config)).toEqual(claim('local'))
    expect(agentPrincipal(config, 'research')).toEqual(claim('research', 'viewer'))
  })

  it('is an error that lists the agents when it is none of them', () => {
    expect(() => agentPrincipal(config, 'momentun')).toThrow(
      /there is no agent "momentun": the agents are momentum, research, local/,
    )
    expect(() => agentPrincipal({ ...config, environment: 'production' })).toThrow(
      /"local": the agents are momentum, research$/m,
    )
  })
})
