import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journal } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { compareWithLog, historyLine, readLog, submitsWhileHalted, usedAfterEachCommit } from './check-history.js'
import { buildChild, type Child, type Mutant, startChild } from './child.js'
import { openStore, type StoreOptions } from './children/child-kit.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

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
  folder = mkdtempSync(join(tmpdir(), 'tidegate-processes-'))
  store = { url: await postgres.createSchema(), headsPath: join(folder, 'heads.jsonl') }
  journal = await openStore(store)
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true })
})

/** Four processes of one kind, ready to go. */
async function start(
  kind: string,
  options: Readonly<Record<string, unknown>>,
  mutant?: Mutant,
): Promise<{ readonly children: readonly Child[]; readonly finish: () => Promise<void> }> {
  const { file, remove } = await buildChild(kind, mutant)
  const children = names.map((name, seed) => startChild(file, { ...store, name, seed, ...options }))
  for (const child of children) await child.linesReach(1)
  return {
    children,
    async finish() {
      for (const child of children) expect(await child.ended).toMatchObject({ code: 0 })
      remove()
    },
  }
}

describe('four processes and one limit on PostgreSQL', () => {
  it('take 2,500 times each and never hold more than the cap together, at any commit', async () => {
    const cap = 1_500_000n
    const { children, finish } = await start('reserve', { times: 2_500, cap: String(cap) })
    for (const child of children) child.tell('go')
    await finish()
    const history = children.flatMap((child) => child.lines.slice(1).map((line) => historyLine.parse(JSON.parse(line))))
    const log = await readLog(journal)
    expect(history.filter((line) => line.answer !== 'given back')).toHaveLength(10_000)
    expect(compareWithLog(history, log)).toEqual([])
    const used = usedAfterEachCommit(log, 'balance:USD')
    expect(used.filter((each) => each > cap || each < 0n)).toEqual([])
    // It was a race for the last of it: refused often, and nearly full in the end.
    expect(history.filter((line) => line.answer === 'full').length).toBeGreaterThan(1_000)
    expect(used.filter((each) => each > cap - 1_000n).length).toBeGreaterThan(100)
    const row = (await journal.limitUsage([])).rows.find(({ scope }) => scope === 'balance:USD')
    expect(row?.used).toBe(used.at(-1))
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
  }, 600_000)

  it('would pass the cap if they looked at the row before they locked it, and the checker says so', async () => {
    const cap = 30_000n
    const condition = 'limit_rows.used <= claims.cap - claims.amount'
    const looked = '(select used from limit_rows r where r.scope = claims.scope and r.window_id = claims.window_id)'
    const mutant = { find: condition, replace: condition.replace('limit_rows.used', looked) }
    const { children, finish } = await start('reserve', { times: 100, cap: String(cap), onlyTakes: true }, mutant)
    for (const child of children) child.tell('go')
    await finish()
    const used = usedAfterEachCommit(await readLog(journal), 'balance:USD')
    expect(used.filter((each) => each > cap).length).toBeGreaterThan(0)
  }, 120_000)
})

/** Halts and resumes while four processes submit; the entries of submits that went through a halt. */
async function turnTheSwitch(mutant?: Mutant): Promise<readonly number[]> {
  const { children, finish } = await start('submit', { times: 40 }, mutant)
  for (const child of children) child.tell('go')
  let running = true
  const halting = (async () => {
    while (running) {
      await journal.setMode({ scope: 'account', mode: 'HALTED', by: 'operator', reason: 'now' })
      await journal.setMode({ scope: 'account', mode: 'ACTIVE', by: 'operator', reason: 'go on' })
    }
  })()
  await Promise.all(children.map((child) => child.ended))
  running = false
  await halting
  await finish()
  const log = await readLog(journal)
  expect(log.filter((entry) => entry.type === 'intent.submit_begun')).toHaveLength(160)
  expect(log.filter((entry) => entry.body.includes('"to":"HALTED"')).length).toBeGreaterThan(5)
  return submitsWhileHalted(log)
}

describe('the kill switch on PostgreSQL', () => {
  it('lets nothing through after its commit, from any process', async () => {
    expect(await turnTheSwitch()).toEqual([])
  }, 120_000)

  it('would let orders through without the lock of the mode row, and the checker says so', async () => {
    const mutant = { find: 'row.forShare()', replace: 'row' }
    expect((await turnTheSwitch(mutant)).length).toBeGreaterThan(0)
  }, 120_000)
})

async function burst(mutant?: Mutant): Promise<number> {
  const { children, finish } = await start('burst', { times: 20, cap: 40 }, mutant)
  for (const child of children) child.tell('go')
  await finish()
  return children.reduce((sum, child) => sum + Number(child.lines[1]?.split(' ')[1]), 0)
}

describe('the order rate on PostgreSQL', () => {
  it('is exact over four processes', async () => {
    expect(await burst()).toBe(40)
  }, 120_000)

  it('would be passed without the lock of its scope row', async () => {
    const mutant = {
      find: 'const begun = scopes.length > 0 ? await lockScopes(trx, scopes) : void 0;',
      replace: 'const begun = void 0;',
    }
    expect(await burst(mutant)).toBeGreaterThan(40)
  }, 120_000)
})
