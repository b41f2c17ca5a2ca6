import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleTerms, sampleWish } from '@tidegate/testkit'
import type { Intent, Journal } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readLog } from './check-history.js'
import { buildChild, type Mutant, startChild } from './child.js'
import { openStore, type StoreOptions } from './children/child-kit.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

const SHARED = 20
/** Orders of its own that each process has; the first of all have one code together, the second another, and so on. */
const OWN = 20
const OWN_STEP = 1_000
const names = ['a', 'b', 'c', 'd']

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

let folder: string
let store: StoreOptions
let journal: Journal
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-approvals-'))
  store = { url: await postgres.createSchema(), headsPath: join(folder, 'heads.jsonl') }
  journal = await openStore(store)
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true })
})

async function waiting(): Promise<Intent> {
  const intentId = randomUUID()
  const result = await journal.recordIntent(
    sampleWish({
      intentId,
      clientOrderId: intentId,
      key: intentId,
      terms: sampleTerms({ base: '0.7' }),
      order: { reservations: [] },
      approvalExpiresAtMs: 4_000_000_000_000,
    }),
  )
  if (result.kind !== 'recorded') throw new Error(JSON.stringify(result))
  return result.intent
}

interface Line {
  readonly intentId?: string
  readonly approved?: string
  readonly early?: string
  readonly ticket?: string
  readonly own?: string
  readonly step?: number
}

/** Four processes approve and submit the same orders at once; every line they said. */
async function race(mutant?: Mutant): Promise<readonly Line[]> {
  const shared = await Promise.all(Array.from({ length: SHARED }, waiting))
  const { file, remove } = await buildChild('approve', mutant)
  const children = []
  for (const name of names) {
    const own = await Promise.all(Array.from({ length: OWN }, waiting))
    children.push(startChild(file, { ...store, name, shared, own, ownStep: OWN_STEP }))
  }
  await Promise.all(children.map((child) => child.linesReach(1)))
  for (const child of children) child.tell('go')
  for (const { code, errors } of await Promise.all(children.map((child) => child.ended))) {
    expect(errors).toBe('')
    expect(code).toBe(0)
  }
  remove()
  return children.flatMap((child) => child.lines.slice(1).map((line) => JSON.parse(line) as Line))
}

/** How often the code that was used most let something through. */
function mostPerCode(lines: readonly Line[]): number {
  const counts = new Map<number, number>()
  for (const { own, step = 0 } of lines) if (own === 'recorded') counts.set(step, (counts.get(step) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

describe('four processes that approve at once on PostgreSQL', () => {
  it('take each approval once, use each code once, and send each order once', async () => {
    const lines = await race()
    const count = (pick: (line: Line) => string | undefined, word: string) =>
      lines.filter((line) => pick(line) === word).length
    expect(count(({ approved }) => approved, 'recorded')).toBe(SHARED)
    expect(count(({ approved }) => approved, 'decided')).toBe(SHARED * (names.length - 1))
    expect(count(({ early }) => early, 'ticket') + count(({ ticket }) => ticket, 'ticket')).toBe(SHARED)
    expect(mostPerCode(lines)).toBe(1)
    expect(count(({ own }) => own, 'recorded')).toBeGreaterThan(0)

    const log = await readLog(journal)
    const of = (type: string) => log.filter((entry) => entry.type === type)
    expect(of('intent.approved')).toHaveLength(SHARED + count(({ own }) => own, 'recorded'))
    expect(of('intent.submit_begun')).toHaveLength(SHARED)
    expect(new Set(of('intent.submit_begun').map(({ intentId }) => intentId)).size).toBe(SHARED)
    expect((await journal.verifyAudit()).ok).toBe(true)
  }, 120_000)

  it('would use one code more than once without the lock on its approver, and this test would say so', async () => {
    const mutant = { find: '? { scopes: [factorScope(by)], intentId }', replace: '? { intentId }' }
    // A race that is lost by luck is run again.
    let most = 0
    for (let turn = 0; turn < 5 && most <= 1; turn++) most = mostPerCode(await race(mutant))
    expect(most).toBeGreaterThan(1)
  }, 240_000)
})
