import { chmodSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CountingIds, createMemoryJournal, FakeTime } from '@tidegate/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApproverFiles } from '../approvals/approver-files.js'
import { enrollApprover } from '../approvals/enroll-approver.js'
import { checkAudit } from '../audit/check-audit.js'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Home } from '../gateway.js'
import { askOwner } from '../home/ask-owner.js'
import { openHome } from '../home/open-home.js'
import { createRuntime } from '../runtime.js'
import { type AccessRoster, compareRosters, openAccessRecord } from './access-record.js'

const runtime = createRuntime()
const HASH = 'ab'.repeat(32)
const empty: AccessRoster = { agents: {}, approvers: {} }
const agent = (role: 'trader' | 'viewer', more: Partial<AccessRoster['agents'][string]> = {}) => ({
  role,
  permissions: null,
  tokens: [],
  ...more,
})

describe('the difference between two rosters', () => {
  it.each<readonly [string, AccessRoster, AccessRoster, readonly string[]]>([
    [
      'nothing',
      { agents: { a: agent('trader') }, approvers: { ann: '1' } },
      { agents: { a: agent('trader') }, approvers: { ann: '1' } },
      [],
    ],
    ['an enrolment', empty, { ...empty, approvers: { ann: '1' } }, ['approver.enrolled']],
    [
      'a new secret',
      { ...empty, approvers: { ann: '1' } },
      { ...empty, approvers: { ann: '2' } },
      ['approver.replaced'],
    ],
    ['a removal', { ...empty, approvers: { ann: '1' } }, empty, ['approver.removed']],
    [
      'a new agent with a token',
      empty,
      { agents: { a: agent('viewer', { tokens: ['x'] }) }, approvers: {} },
      ['agent.added', 'token.configured'],
    ],
    [
      'an agent that is gone',
      { agents: { a: agent('viewer', { tokens: ['x'] }) }, approvers: {} },
      empty,
      ['agent.removed', 'token.unconfigured'],
    ],
    [
      'another role',
      { agents: { a: agent('viewer') }, approvers: {} },
      { agents: { a: agent('trader') }, approvers: {} },
      ['agent.role_changed'],
    ],
    [
      'fewer permissions',
      { agents: { a: agent('trader') }, approvers: {} },
      { agents: { a: agent('trader', { permissions: ['read_fills'] }) }, approvers: {} },
      ['agent.permissions_changed'],
    ],
    [
      'another token',
      { agents: { a: agent('trader', { tokens: ['x'] }) }, approvers: {} },
      { agents: { a: agent('trader', { tokens: ['y'] }) }, approvers: {} },
      ['token.configured', 'token.unconfigured'],
    ],
  ])('says %s', (_, before, now, types) => {
    expect(compareRosters(before, now).map(({ type }) => type)).toEqual(types)
  })
})

describe('what the store last knew', () => {
  it('is found behind more entries than are read at once, and a difference is written twice rather than never', async () => {
    const journal = createMemoryJournal({ clock: new FakeTime(), ids: new CountingIds() })
    const head = async (): Promise<number> =>
      (await journal.audit({ actor: 'gateway', type: 'gateway.opened', body: {} })).seq
    const now: AccessRoster = { agents: {}, approvers: { ann: '1' } }
    expect(await (await openAccessRecord(journal, await head())).record(now, 'at start')).toHaveLength(1)
    for (let index = 0; index < 1_100; index++)
      await journal.audit({ actor: 'agent', type: 'access.recorded', body: { agents: {}, approvers: {} } })
    const next = await openAccessRecord(journal, await head())
    expect(next.known()).toEqual(now)
    // The disk is full after the first entry: the next start says it again.
    const failing = {
      ...journal,
      auditEntries: journal.auditEntries.bind(journal),
      audit: async (entry: Parameters<typeof journal.audit>[0]) => {
        if (entry.type === 'access.recorded') throw new Error('full')
        return journal.audit(entry)
      },
    }
    const half = await openAccessRecord(failing, await head())
    await expect(half.record({ agents: {}, approvers: { ann: '2' } }, 'at start')).rejects.toThrow('full')
    const after = await openAccessRecord(journal, await head())
    expect(await after.record({ agents: {}, approvers: { ann: '2' } }, 'at start')).toHaveLength(1)
  })
})

interface Entry {
  readonly type: string
  readonly actor: string
  readonly body: Readonly<Record<string, string | null>>
}

describe('a change of who may do what', () => {
  let folder: string
  let home: Home | undefined
  let text: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-access-'))
    text = 'agents: { momentum: { role: trader } }'
  })
  afterEach(async () => {
    await home?.close()
    home = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  const read = (): Config =>
    loadConfig({
      flags: { home: join(folder, 'home'), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
      env: {},
      cwd: folder,
      readFile: () => text,
      platform: process.platform,
    })
  const start = async (): Promise<Home> => {
    home = openHome(read(), { as: 'serve', quiet: true })
    await home.endpoint()
    return home
  }
  const stop = async (): Promise<void> => {
    await home?.close()
    home = undefined
  }
  const files = () =>
    createApproverFiles({ disk: runtime.disk, folder: join(folder, 'home', 'paper'), environment: 'paper' })
  /** Entries about access, without the roster. */
  const entries = async (): Promise<readonly Entry[]> => {
    const answer = (await home?.control.call('audit_show', { limit: 1_000 })) as unknown as {
      entries: readonly Entry[]
    }
    return answer.entries.filter(({ type }) => /^(approver|agent|token|credential)\./.test(type))
  }
  const said = async (): Promise<readonly string[]> =>
    (await entries()).map(({ type, actor, body }) => {
      const who = body['approver'] ?? body['agent'] ?? body['principal'] ?? ''
      return [type, who, `by ${actor}`, body['found'] ?? ''].join(' ').trim()
    })

  it('made while nobody runs is on record when the next gateway is up: enrolled, replaced, removed, re-roled, given a token', async () => {
    await start()
    expect(await said()).toEqual([])
    await stop()
    enrollApprover(read(), runtime, 'ann')
    enrollApprover(read(), runtime, 'bob')
    text = `agents: { momentum: { role: viewer, token_sha256: ${HASH} }, fresh: { role: analyst } }`
    await start()
    expect(await said()).toEqual([
      'approver.enrolled ann by gateway at start',
      'approver.enrolled bob by gateway at start',
      'agent.added fresh by gateway at start',
      'agent.role_changed momentum by gateway at start',
      'token.configured momentum by gateway at start',
    ])
    await stop()
    enrollApprover(read(), runtime, 'ann', { replace: true })
    unlinkSync(files().pathOf('bob'))
    await start()
    expect((await said()).slice(5)).toEqual([
      'approver.replaced ann by gateway at start',
      'approver.removed bob by gateway at start',
    ])
    await stop()
    await start()
    expect(await said()).toHaveLength(7)
    await stop()
    expect(await checkAudit(read(), {})).toMatchObject({ ok: true })
  }, 60_000)

  it('made at the operator’s door is on record at once, with who did it and without a secret', async () => {
    const { control } = await start()
    const { token } = (await control.call('tokens_create', { agent: 'momentum' })) as { token: string }
    await control.call('tokens_revoke', { agent: 'momentum' })
    const { uri } = enrollApprover(read(), runtime, 'ann')
    expect(await askOwner(read(), 'access_record')).toEqual({ ok: true, recorded: 1 })
    expect(await said()).toEqual([
      'credential.saved momentum by journal',
      'token.created momentum by operator',
      'credential.revoked momentum by operator',
      'approver.enrolled ann by operator told by the operator',
    ])
    const secret = new URL(uri).searchParams.get('secret') ?? 'none'
    const all = JSON.stringify(await entries())
    for (const piece of [token, token.slice(4, 20), secret, secret.slice(0, 12)]) expect(all).not.toContain(piece)
  }, 60_000)

  it('of a file is on record before it lets anybody approve', async () => {
    await start()
    // Whoever can write there, without a word to the gateway.
    files().write('mallory', 'M'.repeat(32))
    const answer = await home?.control.call('approvals_deny', { intent_id: 'none', name: 'mallory' })
    expect(answer).toMatchObject({ ok: false })
    expect(await said()).toEqual(['approver.enrolled mallory by gateway while running'])
  }, 60_000)

  it.runIf(process.platform !== 'win32')(
    'that cannot be read is neither an enrolment nor a removal',
    async () => {
      files().write('ann', 'A'.repeat(32))
      await start()
      chmodSync(files().pathOf('ann'), 0o644)
      expect(await askOwner(read(), 'access_record')).toEqual({ ok: true, recorded: 0 })
      chmodSync(files().pathOf('ann'), 0o600)
      expect(await askOwner(read(), 'access_record')).toEqual({ ok: true, recorded: 0 })
      expect(await said()).toEqual(['approver.enrolled ann by gateway at start'])
    },
    60_000,
  )

  it('is not asked about where nobody owns the home', async () => {
    await start()
    await stop()
    expect(await askOwner(read(), 'access_record')).toBeUndefined()
  }, 60_000)
})
