import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, loadConfig, openHome, openPaperExchange } from '@tidegate/gateway'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgram } from '../program.js'
import { runJson as run } from '../run-command.test-support.js'

let folder: string
let venue: Awaited<ReturnType<typeof openPaperExchange>>
let home: Home

const read = (name: string, env: Readonly<Record<string, string | undefined>>) =>
  loadConfig({
    flags: { home: join(folder, name) },
    env,
    cwd: folder,
    readFile: (path) => (path === venue?.ready.keyFile ? readFileSync(path, 'utf8') : undefined),
    platform: process.platform,
  })

/** A gateway with live settings, to which the command line attaches, over an exchange whose answers the test decides. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-edit-'))
  venue = await openPaperExchange(read('venue', {}), { flags: { seed: '11' }, absolute: (path) => join(folder, path) })
  const settings: Record<string, string> = {
    TIDEGATE_HOME: join(folder, 'home'),
    ENVIRONMENT: 'production',
    TIDEGATE_COINBASE_REST_URL: venue.ready.rest,
    TIDEGATE_COINBASE_MARKET_WS_URL: venue.ready.ws,
    TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
    TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
    TIDEGATE_SERVER_PORT: '0',
    TIDEGATE_COINBASE_KEY_FILE: venue.ready.keyFile,
  }
  home = openHome(read('home', settings), { as: 'serve', quiet: true })
  for (const [key, value] of Object.entries(settings)) vi.stubEnv(key, value)
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
})
beforeEach(() => {
  process.exitCode = undefined
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
afterAll(async () => {
  await home?.close()
  vi.unstubAllEnvs()
  await venue?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A price so many percent of the best bid. */
async function price(percent: number): Promise<string> {
  const answer = (await (
    await fetch(`${venue.ready.rest}/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=1`)
  ).json()) as { pricebook: { bids: { price: string }[] } }
  return String(Math.floor((Number(answer.pricebook.bids[0]?.price) * percent) / 100))
}

async function rest(percent: number): Promise<string> {
  const words = [
    'place',
    'buy',
    'BTC-USD',
    '--type',
    'limit',
    '--size',
    '0.0005',
    '--limit-price',
    await price(percent),
    '--time-in-force',
    'gtc',
  ]
  const placed = await run('order', ...words)
  expect(placed).toMatchObject({ code: 0, answer: { success: true } })
  return placed.answer['order_id'] as string
}

describe('tidegate order edit', () => {
  it('exits 0 when the order shows the change', async () => {
    const id = await rest(95)
    const wanted = await price(94)
    const edited = await run('order', 'edit', id, '--price', wanted, '--size', '0.0004')
    expect(edited).toMatchObject({ code: 0, answer: { success: true, outcome: 'accepted', how: 'edit' } })
    const shown = await run('order', 'show', id)
    expect(shown.answer).toMatchObject({ limit_price: wanted, size: '0.0004' })
  })

  it('exits 1 when our limits say no, and for an order that is not there; the order is as it was', async () => {
    const id = await rest(93)
    const denied = await run('order', 'edit', id, '--size', '5')
    expect(denied).toMatchObject({ code: 1, answer: { success: false, outcome: 'denied' } })
    expect((await run('order', 'show', id)).answer).toMatchObject({ size: '0.0005' })
    const missing = await run('order', 'edit', '11111111-2222-4333-8444-000000000000', '--size', '0.0004')
    expect(missing).toMatchObject({ code: 1, answer: { success: false } })
  })

  it.each([{ words: [] }, { words: ['--size', '1e-7'] }, { words: ['--price=-5'] }])(
    'exits 2 for what cannot be meant: $words',
    async ({ words }) => {
      const wrong = await run('order', 'edit', '11111111-2222-4333-8444-000000000000', ...words)
      expect(wrong).toMatchObject({ code: 2, answer: { error: { code: 'ERR_INPUT_INVALID' } } })
    },
  )

  it('exits 3 when the edit was sent and nobody can say what became of it', async () => {
    const id = await rest(92)
    venue.exchange.faults.next({ kind: 'http-503-html', verb: 'edit-order' })
    const edited = await run('order', 'edit', id, '--size', '0.0003')
    expect(venue.exchange.faults.struck()).toContain('http-503-html')
    expect(edited).toMatchObject({ code: 3, answer: { success: false, outcome: 'unknown' } })
  })
})

describe('tidegate order resolve', () => {
  it('says that there is nothing to settle, and exits 1', async () => {
    const id = await rest(90)
    const looked = await run('order', 'resolve', id)
    expect(looked).toMatchObject({
      code: 1,
      answer: { ok: false, outcome: 'refused', evidence: 'it is OPEN, not in quarantine' },
    })
    expect(await run('order', 'cancel', id)).toMatchObject({ code: 0 })
  })

  it('takes one answer, not two', async () => {
    const words = ['order', 'resolve', 'x', '--accept', '--gone']
    await expect(
      createProgram()
        .exitOverride()
        .parseAsync(['node', 'tidegate', ...words]),
    ).rejects.toThrow(/cannot be used/)
  })
})
