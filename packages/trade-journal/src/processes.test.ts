import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '@tidegate/testkit'
import { INTENT_STATES, type IntentState } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildChild, startChild } from '../test/child-process.js'
import { realOptions } from '../test/children/child-kit.js'
import { openSqliteFile } from './drivers/open-sqlite-file.js'
import { openJournal } from './open-journal.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-processes-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('several processes on one store', () => {
  it('never take more than the cap together, and waste nothing of it', async () => {
    const child = await buildChild('claim')
    const [amount, cap] = ['7', '284']
    const processes = ['a', 'b', 'c', 'd'].map((name) =>
      startChild(child.file, { folder, name, times: 40, amount, cap }),
    )
    for (const each of processes) await each.linesReach(1)
    for (const each of processes) each.go()
    for (const each of processes) expect(await each.ended).toEqual({ code: 0, signal: null })
    const recorded = processes.map((each) => Number(each.lines[1]?.split(' ')[1]))
    expect(recorded.reduce((sum, each) => sum + each, 0)).toBe(40)
    const journal = await openJournal(realOptions(folder))
    expect((await journal.limitUsage([])).rows).toEqual([{ scope: 'balance:USD', window: 'open', used: 280n }])
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
    child.remove()
  }, 120_000)
})

describe('a process killed without warning', () => {
  it('leaves a store in which everything acknowledged is there and the ledger balances, 25 times', async () => {
    const child = await buildChild('trade')
    const start = (seed: number) => startChild(child.file, { folder, seed })
    const random = new SeededRandom(2026)
    const acknowledged = new Map<string, IntentState>()
    // The next one loads while this one trades: it touches the store only when told to go.
    let next = start(0)
    for (let round = 0; round < 25; round++) {
      const process = next
      next = start(round + 1)
      process.go()
      // The first rounds die while they open or create the store, the others somewhere in their work.
      await process.linesReach(2 + random.below(round < 5 ? 2 : 15))
      process.kill()
      expect(await process.ended).toMatchObject({ signal: 'SIGKILL' })
      for (const line of process.lines) {
        const [intentId = '', state = ''] = line.split(' ')
        if (isState(state)) acknowledged.set(intentId, state)
      }
      await mustBeWhole(acknowledged)
    }
    expect(acknowledged.size).toBeGreaterThan(40)
    next.kill()
    await next.ended
    child.remove()
  }, 120_000)
})

async function mustBeWhole(acknowledged: ReadonlyMap<string, IntentState>): Promise<void> {
  const journal = await openJournal(realOptions(folder))
  expect(await journal.verifyAudit()).toMatchObject({ ok: true })
  const kept = new Map((await journal.listIntents()).map((intent) => [intent.intentId, intent]))
  for (const [intentId, state] of acknowledged) {
    const intent = kept.get(intentId)
    if (!intent) throw new Error(`intent ${intentId} was acknowledged and is lost`)
    // What came after the last acknowledgement may be there too, what came before must be.
    if (intent.state !== state) expect(later(state)).toContain(intent.state)
  }
  const { rows } = await journal.limitUsage([])
  await journal.close()
  const file = openSqliteFile(join(folder, 'journal.db'))
  const sums = file.all(
    `select sum(remaining) as held from reservations join intents using (intent_id)
     where state not in ('DENIED','APPROVAL_DENIED','APPROVAL_EXPIRED','ABANDONED','REJECTED','NEVER_ACCEPTED','FILLED','CANCELLED','EXPIRED','FAILED')`,
    [],
  )
  const terminal = file.all(
    `select count(*) as leaked from reservations join intents using (intent_id)
     where remaining > 0 and state in ('REJECTED','NEVER_ACCEPTED','FILLED','CANCELLED')`,
    [],
  )
  file.close()
  expect(rows[0]?.used ?? 0n).toBe(sums[0]?.['held'] ?? 0n)
  expect(terminal).toEqual([{ leaked: 0n }])
}

function later(state: IntentState): readonly IntentState[] {
  const next: Partial<Record<IntentState, readonly IntentState[]>> = {
    AWAITING_APPROVAL: ['RESERVED', 'SUBMITTING'],
    RESERVED: ['SUBMITTING'],
    SUBMITTING: ['REJECTED', 'UNKNOWN', 'ACKED'],
    UNKNOWN: ['NEVER_ACCEPTED'],
    ACKED: ['OPEN', 'CANCELLED'],
    OPEN: ['FILLED'],
  }
  return next[state] ?? []
}

function isState(word: string): word is IntentState {
  return (INTENT_STATES as readonly string[]).includes(word)
}
