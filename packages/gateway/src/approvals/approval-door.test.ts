import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError, type Principal } from '@tidegate/trading-model'
import { HOTP, Secret } from 'otpauth'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAgentDirectory } from '../access/agent-directory.js'
import type { Config } from '../config/config.js'
import { createRuntime } from '../runtime.js'
import { type ApprovalDoor, createApprovalDoor, type DoorVerdict } from './approval-door.js'
import { createApproverBook } from './approver-book.js'

const { disk, random } = createRuntime()
const NOW_MS = 1_795_000_000_000
const approve: DoorVerdict = { intentId: 'i', decision: 'approved', termsHash: 'abcdef0123' }
const deny: DoorVerdict = { intentId: 'i', decision: 'denied' }
const agent = (name: string, role: Principal['role']) => ({ name, role, tokenHashes: [] }) as never

/** What reached the desk. */
let asked: Parameters<Parameters<typeof createApprovalDoor>[0]['desk']['decideApproval']>[0][]
let folder: string
/** Who asked for the order. */
let requester: string

function door(requireTotp: boolean, environment: Config['environment'] = 'paper'): ApprovalDoor {
  const agents = createAgentDirectory(environment, [
    agent('momentum', 'trader'),
    agent('carol', 'approver'),
    agent('boss', 'admin'),
  ])
  return createApprovalDoor({
    desk: {
      async decideApproval(verdict) {
        asked.push(verdict)
        return { ok: false, why: 'locked', reason: 'locked', retryAtMs: NOW_MS + 5_000 }
      },
      listApprovals: async () => [],
      policyFor: () => ({}) as never,
    },
    journal: {
      decisionInput: async () => undefined,
      getIntent: async (id) => ({ intentId: id, principal: requester }) as never,
    },
    book: createApproverBook({ disk, folder, environment, agents }),
    agents,
    clock: { nowMs: () => NOW_MS },
    requireTotp,
  })
}

function enroll(name: string, environment: Config['environment'] = 'paper'): string {
  const agents = createAgentDirectory(environment, [agent('momentum', 'trader')])
  const { uri } = createApproverBook({ disk, folder, environment, agents }).enroll(name, random)
  return new URL(uri).searchParams.get('secret') ?? ''
}

const codeOf = (secret: string): string =>
  HOTP.generate({ secret: Secret.fromBase32(secret), counter: Math.floor(NOW_MS / 30_000) })

beforeEach(() => {
  asked = []
  requester = 'momentum'
  folder = mkdtempSync(join(tmpdir(), 'tidegate-door-'))
})

describe('who may decide about an order that waits', () => {
  it('is no longer the nameless operator where codes are required, but it may still deny', async () => {
    expect(await door(true).decide({ kind: 'operator' }, approve)).toMatchObject({ ok: false, why: 'not_approver' })
    expect(asked).toEqual([])
    await door(true).decide({ kind: 'operator' }, deny)
    await door(false).decide({ kind: 'operator' }, approve)
    expect(asked.map(({ principal, decision, factorRequired }) => [principal.name, decision, factorRequired])).toEqual([
      ['operator', 'denied', false],
      ['operator', 'approved', false],
    ])
  })

  it('is an enrolled approver by name, with a code, in paper too', async () => {
    const code = codeOf(enroll('ann'))
    await door(false).decide({ kind: 'operator', name: 'ann' }, approve)
    await door(true).decide(
      { kind: 'operator', name: 'ann' },
      { ...approve, code: ` ${code.slice(0, 3)} ${code.slice(3)}` },
    )
    expect(asked).toMatchObject([
      { principal: { name: 'ann', role: 'approver' }, factorRequired: true },
      { principal: { name: 'ann', role: 'approver' }, factorRequired: true },
    ])
    expect(asked[0]?.factor).toBeUndefined()
    expect(asked[1]?.factor?.stepAt(NOW_MS)).toBe(Math.floor(NOW_MS / 30_000))
    expect(JSON.stringify(asked)).not.toContain(code)
  })

  it('is an agent with that role by its token; where codes are required only once it is enrolled', async () => {
    const carol = { kind: 'agent', principal: { name: 'carol', role: 'approver' } } as const
    await door(false).decide(carol, approve)
    expect(asked).toMatchObject([{ principal: { name: 'carol' }, factorRequired: false }])
    expect(await door(true).decide(carol, approve)).toMatchObject({ ok: false, why: 'not_approver' })
    await door(true).decide(carol, deny)
    const code = codeOf(enroll('carol'))
    await door(true).decide(carol, { ...approve, code })
    expect(asked.slice(1)).toMatchObject([{ decision: 'denied' }, { decision: 'approved', factorRequired: true }])
  })

  it.each(['momentum', 'nobody', 'cli', '../carol', 'gateway'])(
    'is not %s, whatever file was put there',
    async (name) => {
      const secret = enroll('ann')
      const text = JSON.stringify({ format: 'tidegate-approver/1', environment: 'paper', secret })
      if (!name.includes('/') && name !== 'nobody') {
        writeFileSync(join(folder, 'approvers', `${name}.json`), text, { mode: 0o600 })
      }
      const verdict = { ...approve, code: codeOf(secret) }
      expect(await door(false).decide({ kind: 'operator', name }, verdict)).toMatchObject({ why: 'not_approver' })
      expect(asked).toEqual([])
    },
  )

  // Whoever placed it through the operator's token would else approve it with the same token.
  it.each(['cli', 'operator', 'made-up'])(
    'takes a code with the operator’s token in paper, too, when %s asked with that token',
    async (name) => {
      requester = name
      const paper = door(false)
      expect(await paper.decide({ kind: 'operator' }, approve)).toMatchObject({ ok: false, why: 'not_approver' })
      for (const approver of ['carol', 'boss', 'nobody']) {
        const answer = await paper.decide({ kind: 'operator', name: approver }, approve)
        expect(answer).toMatchObject({ ok: false, why: 'not_approver', reason: expect.stringMatching(/enroll/) })
      }
      expect(asked).toEqual([])
      const code = codeOf(enroll('ann'))
      await paper.decide({ kind: 'operator', name: 'ann' }, { ...approve, code })
      await paper.decide({ kind: 'operator', name: 'ann' }, approve)
      expect(asked).toMatchObject([
        { principal: { name: 'ann' }, factorRequired: true, factor: expect.anything() },
        { principal: { name: 'ann' }, factorRequired: true },
      ])
      expect(asked[1]?.factor).toBeUndefined()
    },
  )

  it('is in paper without a code the operator for an order that an agent asked for, and an approver’s own token for any', async () => {
    for (const name of ['momentum', 'local']) {
      requester = name
      await door(false).decide({ kind: 'operator' }, approve)
    }
    requester = 'cli'
    await door(false).decide({ kind: 'agent', principal: { name: 'carol', role: 'approver' } }, approve)
    await door(false).decide({ kind: 'operator' }, deny)
    expect(asked.map(({ principal, decision }) => `${principal.name} ${decision}`)).toEqual([
      'operator approved',
      'operator approved',
      'carol approved',
      'operator denied',
    ])
  })

  it('never has a code ignored', async () => {
    const verdict = { ...approve, code: '123456' }
    expect(await door(false).decide({ kind: 'operator' }, verdict)).toMatchObject({ why: 'not_approver' })
    expect(await door(false).decide({ kind: 'operator', name: 'carol' }, verdict)).toMatchObject({
      why: 'not_approver',
    })
  })

  it('has to name what was read, and a code that is one', async () => {
    const { termsHash: _, ...unread } = approve
    for (const wrong of [
      unread,
      { ...approve, termsHash: 'abc' },
      { ...approve, termsHash: 'xyzxyzxyz' },
      { ...approve, code: '12' },
    ])
      await expect(door(false).decide({ kind: 'operator' }, wrong)).rejects.toThrow(InputError)
    expect(asked).toEqual([])
  })

  it('is told how long a lock lasts', async () => {
    expect(await door(false).decide({ kind: 'operator' }, approve)).toEqual({
      ok: false,
      code: 'ERR_APPROVAL_LOCKED',
      why: 'locked',
      reason: 'locked',
      retryAfterMs: 5_000,
    })
  })
})

describe('the file of an approver', () => {
  it('is its owner’s alone, refused when others may read it, and never overwritten unasked', () => {
    const secret = enroll('ann')
    const path = join(folder, 'approvers', 'ann.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(() => enroll('ann')).toThrow(/enrolled already/)
    const agents = createAgentDirectory('paper', [])
    const book = createApproverBook({ disk, folder, environment: 'paper', agents })
    expect(book.secretOf('ann')).toBe(secret)
    writeFileSync(path, '{"secret":"GEZDGNBVGY3TQOJQ"}', { mode: 0o600 })
    expect(() => book.secretOf('ann')).toThrow(/no approver/)
    book.enroll('ann', random, true)
    expect(book.secretOf('ann')).not.toBe(secret)
    const open = join(folder, 'approvers', 'bob.json')
    writeFileSync(open, '{}', { mode: 0o644 })
    expect(() => book.secretOf('bob')).toThrow(/open to others/)
  })

  it('belongs to one environment', () => {
    enroll('ann', 'production')
    const agents = createAgentDirectory('paper', [])
    const book = createApproverBook({ disk, folder, environment: 'paper', agents })
    expect(() => book.secretOf('ann')).toThrow(/no approver’s file of paper/)
  })

  it('is made for no agent that trades, and not under a name of ours', () => {
    for (const name of ['momentum', 'operator', 'cli', 'Ann', '', '../x']) expect(() => enroll(name)).toThrow()
  })
})
