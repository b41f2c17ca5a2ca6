import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Home, loadConfig, openHome } from '@tidegate/gateway'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runJson } from '../run-command.test-support.js'

const page = readFileSync(fileURLToPath(new URL('../../../../docs/backup.md', import.meta.url)), 'utf8')

let folder: string
let paper: string
let home: Home | undefined
const executed = new Set<string>()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-drill-'))
  paper = join(folder, 'home', 'paper')
  vi.stubEnv('TIDEGATE_HOME', join(folder, 'home'))
  vi.stubEnv('TIDEGATE_SERVER_PORT', '0')
})
afterEach(async () => {
  await stop()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** What `tidegate serve` runs: the owner of the home, to which every other command attaches. */
async function serve(): Promise<Home> {
  executed.add('serve')
  const config = loadConfig({
    flags: { home: join(folder, 'home'), 'log-level': 'ERROR' },
    env: process.env,
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  home = openHome(config, { as: 'serve', quiet: true })
  const opened = home
  await opened.endpoint()
  while (!(await opened.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
  return opened
}

async function stop(): Promise<void> {
  await home?.close()
  home = undefined
}

function run(...args: string[]): ReturnType<typeof runJson> {
  executed.add(args[0] === 'audit' ? `audit ${args[1]}` : (args[0] ?? ''))
  return runJson(...args)
}

async function restingOrder(): Promise<string> {
  const market = await home?.mcp.callTool({ name: 'local', role: 'trader' }, 'get_market_data', {
    product_ids: ['BTC-USD'],
  })
  const price = String(
    Math.floor(Number(/"(?:price|last|bid|best_bid)":"([\d.]+)"/.exec(JSON.stringify(market?.structured))?.[1]) * 0.95),
  )
  const placed = await run(
    'order',
    'place',
    'buy',
    'BTC-USD',
    '--type',
    'limit',
    '--size',
    '0.0005',
    '--limit-price',
    price,
  )
  expect(placed.answer, JSON.stringify(placed.answer)).toMatchObject({ success: true })
  return placed.answer['order_id'] as string
}

function restore(backup: string, ...names: readonly (readonly [string, string])[]): void {
  for (const suffix of ['-wal', '-journal']) rmSync(join(paper, `journal.sqlite${suffix}`), { force: true })
  for (const [from, to] of names) copyFileSync(join(backup, from), join(paper, to))
}

it('the drill of docs/backup.md: back up while serving, lose the store, restore, halt, verify, compare, resume', async () => {
  await serve()
  const before = await restingOrder()
  const backup = join(folder, 'backup')
  const report = await run('backup', backup)
  expect(report).toMatchObject({
    code: 0,
    answer: { ok: true, folder: backup, files: ['journal.db', 'heads.jsonl', 'heads.jsonl.key'] },
  })
  const after = await restingOrder()

  // 1. Stop; keep the damaged files.
  await stop()
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  for (const name of ['journal.sqlite', 'journal.sqlite-wal', 'journal.sqlite-journal']) {
    if (existsSync(join(paper, name))) renameSync(join(paper, name), join(damaged, name))
  }

  // The store alone, older than its heads: refused with the sentence of the page, as often as it is tried.
  restore(backup, ['journal.db', 'journal.sqlite'])
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(serve()).rejects.toMatchObject({
      code: 'ERR_STORE_CORRUPT',
      message: expect.stringMatching(
        /the store was rolled back: it ends at entry \d+, a head outside it is signed for entry \d+/,
      ) as string,
    })
    await stop()
  }

  // 2. All three from one backup.
  restore(
    backup,
    ['journal.db', 'journal.sqlite'],
    ['heads.jsonl', 'audit-heads.jsonl'],
    ['heads.jsonl.key', 'audit-heads.jsonl.key'],
  )
  // 3. Halt before anything trades.
  await serve()
  expect((await run('halt')).code).toBe(0)
  expect((await run('order', 'place', 'buy', 'BTC-USD', '--quote-size', '10')).answer).toMatchObject({ success: false })
  // 4. The audit log is whole, and no shorter than the backup.
  const verdict = await run('audit', 'verify')
  expect(verdict).toMatchObject({ code: 0, answer: { ok: true } })
  expect(verdict.answer['entries']).toBeGreaterThanOrEqual(Number(report.answer['entries']))
  // What was placed after the backup is at the exchange, and so it is here again.
  const listed = JSON.stringify((await run('order', 'list')).answer)
  expect(listed).toContain(before)
  expect(listed).toContain(after)
  // 5. Compare, resume, and trade.
  expect((await run('positions')).code).toBe(0)
  expect((await run('resume')).code).toBe(0)
  await restingOrder()

  // Changing the audit key: the log goes on under the new one, and so does a backup made from then on.
  const keys = () => readFileSync(join(paper, 'audit-heads.jsonl.pub'), 'utf8').match(/BEGIN PUBLIC KEY/g)?.length
  expect(keys()).toBe(1)
  const changed = await run('audit', 'rotate-key')
  expect(changed, JSON.stringify(changed.answer)).toMatchObject({ code: 0, answer: { ok: true } })
  expect(keys()).toBe(2)
  await restingOrder()
  const verified = await run('audit', 'verify')
  expect(verified).toMatchObject({ code: 0, answer: { ok: true } })
  expect(await run('backup', join(folder, 'later'))).toMatchObject({ code: 0, answer: { ok: true } })

  // Nothing on the page is only written there.
  const written = [...page.matchAll(/tidegate (?:-- )?((?:audit )?[a-z-]+)/g)].map(([, command]) => command ?? '')
  expect(written).toContain('backup')
  expect([...new Set(written)].filter((command) => !executed.has(command))).toEqual([])
}, 120_000)
