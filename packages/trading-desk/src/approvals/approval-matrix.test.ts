import { definePolicy, type PolicyOptions } from '@tidegate/risk-engine'
import { type ApprovalRefusal, FACTOR_TRIES, type Mode, PermissionError, type Principal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type DeskWorld, during, marketBuy, marketSell, openWorld, pass, trader } from '../../test/desk-world.js'
import type { ApprovalAnswer } from './approval-desk.js'

const STATES = [
  'waiting',
  'approved before',
  'denied before',
  'withdrawn',
  'needs no approval',
  'no such order',
] as const
const DECISIONS = ['approved', 'denied'] as const
const PEOPLE = {
  'an approver': { name: 'ann', role: 'approver' },
  'an admin': { name: 'boss', role: 'admin' },
  'the requester, now an admin': { name: 'local', role: 'admin' },
  'the requester in other letters': { name: ' LOCAL', role: 'approver' },
  'the requester': trader,
  'another trader': { name: 'other', role: 'trader' },
} as const satisfies Record<string, Principal>
const HASHES = ['whole', 'its first 8 digits', 'its first 7 digits', 'of another order', 'none'] as const
const CODES = [
  'right',
  'wrong',
  'used',
  'right but locked',
  'none',
  'none, none required',
  'right, none required',
] as const
const TIMES = ['in time', 'in the last millisecond', 'at the end'] as const
const PRICES = ['inside', 'on the low edge', 'below it', 'on the high edge', 'above it'] as const
const MODES = ['ACTIVE', 'REDUCE_ONLY', 'HALTED'] as const satisfies readonly Mode[]
const POLICIES = ['the same', 'tightened meanwhile'] as const
const ORDERS = ['a buy', 'a sell that reduces'] as const

/** One cell of the matrix. */
interface Case {
  readonly state: (typeof STATES)[number]
  readonly decision: (typeof DECISIONS)[number]
  readonly who: keyof typeof PEOPLE
  readonly hash: (typeof HASHES)[number]
  readonly code: (typeof CODES)[number]
  readonly time: (typeof TIMES)[number]
  readonly price: (typeof PRICES)[number]
  readonly mode: Mode
  readonly policy: (typeof POLICIES)[number]
  readonly order: (typeof ORDERS)[number]
}

type Expected = 'no permission' | ApprovalRefusal | 'denied' | 'sent' | 'approved, not sent'

/** The specification of an approval, written as a function. Nothing of the product is asked. */
function expected(one: Case): Expected {
  const { role } = PEOPLE[one.who]
  if (role !== 'approver' && role !== 'admin') return 'no permission'
  if (one.state === 'no such order' || one.state === 'needs no approval') return 'unknown'
  if (one.who.startsWith('the requester')) return 'requester'
  if (one.state === 'approved before' || one.state === 'denied before') return 'decided'
  if (one.state === 'withdrawn') return 'over'
  if (one.time === 'at the end') return 'expired'
  const required = !one.code.endsWith('none required')
  if (one.hash === 'its first 7 digits' || one.hash === 'of another order') return 'terms'
  if (one.hash === 'none' && one.decision === 'approved' && required) return 'terms'
  if (one.decision === 'denied') return 'denied'
  if (one.code === 'none') return 'code_missing'
  if (one.code === 'wrong') return 'code_wrong'
  if (one.code === 'used') return 'code_used'
  if (one.code === 'right but locked') return 'locked'
  if (one.price === 'below it' || one.price === 'above it' || one.policy !== 'the same') return 'approved, not sent'
  if (one.mode === 'HALTED' || (one.mode === 'REDUCE_ONLY' && one.order === 'a buy')) return 'approved, not sent'
  return 'sent'
}

const usual = { time: 'in time', price: 'inside', mode: 'ACTIVE', policy: 'the same', order: 'a buy' } as const
const people = Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]

/** Every combination of the given values. */
function cross<T extends Record<string, readonly unknown[]>>(axes: T): { [K in keyof T]: T[K][number] }[] {
  return Object.entries(axes).reduce<Record<string, unknown>[]>(
    (rows, [key, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [key]: value }))),
    [{}],
  ) as { [K in keyof T]: T[K][number] }[]
}

/** What is not among those before. */
function withoutThose(before: readonly Case[], cases: readonly Case[]): readonly Case[] {
  const known = new Set(before.map(keyOf))
  return cases.filter((one) => !known.has(keyOf(one)))
}

function keyOf(one: Case): string {
  return JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Who may say what about which order, in time and at the end of it. */
const verdicts: readonly Case[] = [
  ...cross({ state: STATES, decision: DECISIONS, who: people, hash: HASHES, code: CODES }).map((one) => ({
    ...usual,
    ...one,
  })),
  ...cross({
    state: ['waiting', 'approved before'] as const,
    decision: DECISIONS,
    who: ['an approver', 'the requester, now an admin'] as const,
    hash: ['whole', 'its first 8 digits', 'of another order'] as const,
    code: CODES,
    time: ['in the last millisecond', 'at the end'] as const,
  }).map((one) => ({ ...usual, ...one })),
]
/** What still may leave after a yes. */
const sends: readonly Case[] = withoutThose(
  verdicts,
  cross({
    state: ['waiting'] as const,
    decision: DECISIONS,
    who: ['an approver', 'an admin'] as const,
    hash: ['whole', 'its first 8 digits', 'of another order'] as const,
    code: ['right', 'wrong', 'none, none required'] as const,
    time: ['in time'] as const,
    price: PRICES,
    mode: MODES,
    policy: POLICIES,
    order: ORDERS,
  }),
)

const limits: PolicyOptions = {
  requireConfirmationAboveUsd: '500',
  maxOrderValueUsd: '5000',
  maxPositionSizePct: '100',
  maxOrdersPerMinute: 100,
  // A price on the low edge of the band is a loss on what is held; the matrix is about the band.
  maxLossPerDayUsd: '50000',
}
const GOOD_STEP = 100

async function prepare(one: Case): Promise<{ world: DeskWorld; intentId: string }> {
  const world = await openWorld({ policy: limits, balances: { USD: '100000', BTC: '1' } })
  const terms =
    one.order === 'a buy' ? marketBuy(one.state === 'needs no approval' ? '100' : '900') : marketSell('0.015')
  const { intent } = await during(world, world.desk.place({ principal: trader, terms }))
  const intentId = intent?.intentId ?? ''
  if (one.state === 'withdrawn') await during(world, world.desk.cancel(trader, intentId))
  if (one.state.endsWith('before')) {
    const decision = one.state === 'approved before' ? 'approved' : 'denied'
    const before = { intentId, termsHash: intent?.termsHash ?? '', decision, by: 'chief' } as const
    await world.journal.decideApproval(before)
    await pass(world, 1_000)
  }
  await prepareCode(world, one)
  if (one.mode !== 'ACTIVE') {
    await world.desk.setMode({ principal: trader, scope: 'account', mode: one.mode, reason: 'the matrix' })
  }
  return { world, intentId }
}

/** Codes are spoiled on an order of their own. */
async function prepareCode(world: DeskWorld, one: Case): Promise<void> {
  if (one.code !== 'used' && one.code !== 'right but locked') return
  const { intent } = await during(world, world.desk.place({ principal: trader, terms: marketBuy('901') }))
  const { name } = PEOPLE[one.who]
  const by = name.trim().toLowerCase() === 'local' ? 'chief' : name
  const verdict = {
    intentId: intent?.intentId ?? '',
    termsHash: intent?.termsHash ?? '',
    decision: 'approved',
    by,
  } as const
  const turns = one.code === 'used' ? 1 : FACTOR_TRIES
  for (let turn = 0; turn < turns; turn++) {
    await world.journal.decideApproval({
      ...verdict,
      factor: { stepAt: () => (one.code === 'used' ? GOOD_STEP : undefined) },
    })
  }
}

function movePrice(world: DeskWorld, { price }: Case, band: { low: string; high: string }): void {
  if (price === 'inside') return
  const cents = { 'on the low edge': 0, 'below it': -1, 'on the high edge': 0, 'above it': 1 }[price]
  const edge = Number(price.includes('low') ? band.low : band.high)
  // The middle of bid and ask, to the cent.
  const at = (offset: number) => (edge + cents / 100 + offset).toFixed(2)
  world.market.setPrice('BTC-USD', at(-5), at(5))
}

async function run(one: Case): Promise<{ outcome: string; sent: number; state: string | undefined }> {
  const { world, intentId } = await prepare(one)
  const intent = await world.journal.getIntent(intentId)
  const isItsOwn = ({ clientOrderId }: { readonly clientOrderId: string }) => clientOrderId === intent?.clientOrderId
  const sentBefore = world.venue.sent.filter(isItsOwn).length
  const expiresAtMs = intent?.approvalExpiresAtMs ?? 0
  if (one.time !== 'in time') {
    world.time.step(expiresAtMs - world.time.nowMs() - (one.time === 'at the end' ? 0 : 1))
    world.market.refresh()
  }
  const policy = definePolicy(one.policy === 'the same' ? limits : { ...limits, maxOrderValueUsd: '800' })
  let { desk } = world
  if (one.policy !== 'the same') {
    await desk.close()
    desk = world.open({ policy })
    await during(world, desk.start())
  }
  if (intent) movePrice(world, one, intent.priceBand)
  const hash = intent?.termsHash ?? 'f'.repeat(64)
  const termsHash = {
    whole: hash,
    'its first 8 digits': hash.slice(0, 8),
    'its first 7 digits': hash.slice(0, 7),
    'of another order': 'a'.repeat(64),
    none: undefined,
  }[one.hash]
  const step = one.code === 'wrong' ? undefined : GOOD_STEP
  const answer = await during(
    world,
    desk.decideApproval({
      principal: PEOPLE[one.who],
      intentId: one.state === 'no such order' ? 'nobody' : intentId,
      decision: one.decision,
      ...(termsHash === undefined ? {} : { termsHash }),
      ...(one.code.startsWith('none') ? {} : { factor: { stepAt: () => step } }),
      factorRequired: !one.code.endsWith('none required'),
    }),
  ).catch((error: unknown) => {
    if (PermissionError.isInstance(error)) return 'no permission' as const
    throw error
  })
  await pass(world, 1_000)
  const after = await world.journal.getIntent(intentId)
  const sent = world.venue.sent.filter(isItsOwn).length - sentBefore
  await desk.close()
  return { outcome: said(answer, one, sent), sent, state: after?.state }
}

function said(answer: ApprovalAnswer | 'no permission', { decision }: Case, sent: number): string {
  if (answer === 'no permission') return answer
  if (!answer.ok) return answer.why
  if (decision === 'denied') return 'denied'
  return sent > 0 ? 'sent' : 'approved, not sent'
}

async function mismatches(cases: readonly Case[]): Promise<readonly object[]> {
  const wrong: object[] = []
  for (const one of cases) {
    const want = expected(one)
    const got = await run(one)
    const mayLeave = want === 'sent' ? 1 : 0
    // A verdict that was not taken leaves an order that waits as it is, until its time is over.
    const keeps = one.state === 'waiting' && !['sent', 'denied', 'approved, not sent', 'expired'].includes(want)
    const stays = !keeps || one.time !== 'in time' || got.state === 'AWAITING_APPROVAL'
    if (got.outcome !== want || got.sent !== mayLeave || !stays) wrong.push({ ...one, want, ...got })
  }
  return wrong
}

describe('the matrix of approvals', () => {
  it('has more than 4,000 cases, no two the same, and every outcome among them', () => {
    const all = [...verdicts, ...sends]
    expect(new Set(all.map(keyOf)).size).toBe(all.length)
    expect(all.length).toBeGreaterThanOrEqual(4_000)
    const outcomes: Record<Expected, number> = {
      'no permission': 0,
      unknown: 0,
      requester: 0,
      decided: 0,
      over: 0,
      expired: 0,
      terms: 0,
      code_missing: 0,
      code_wrong: 0,
      code_used: 0,
      locked: 0,
      denied: 0,
      sent: 0,
      'approved, not sent': 0,
    }
    for (const one of all) outcomes[expected(one)]++
    for (const [outcome, count] of Object.entries(outcomes)) expect([outcome, count >= 4]).toEqual([outcome, true])
  })

  it.each(STATES)(
    'answers each verdict about an order that is %s as specified',
    async (state) => {
      expect(await mismatches(verdicts.filter((one) => one.state === state))).toEqual([])
    },
    120_000,
  )

  it.each(PRICES)(
    'sends after a yes only what may leave, with the price %s',
    async (price) => {
      expect(await mismatches(sends.filter((one) => one.price === price))).toEqual([])
    },
    120_000,
  )
})
