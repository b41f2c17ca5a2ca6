import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordTape } from '../prices/record-tape.js'
import { createSyntheticPrices } from '../prices/synthetic.js'
import { DEFAULT_PRODUCTS } from '../products.js'
import { systemRuntime } from '../system-runtime.js'
import { openServedPaper, type ServedPaper, type ServedPaperOptions } from './open-served-paper.js'
import type { PaperFlags } from './paper-flags.js'

let folder: string
const open: ServedPaper[] = []
let made = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'served-paper-'))
})
afterEach(async () => {
  for (const paper of open.splice(0)) await paper.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function serve(flags: PaperFlags, more: Partial<ServedPaperOptions> = {}): Promise<ServedPaper> {
  const paper = await openServedPaper({
    flags,
    runtime: systemRuntime(),
    absolute: (path) => join(folder, path),
    temporaryFolder: () => {
      const path = mkdtempSync(join(folder, `temporary-${++made}-`))
      return { path, remove: () => rmSync(path, { recursive: true }) }
    },
    ...more,
  })
  open.push(paper)
  return paper
}

const control = (paper: ServedPaper, path: string, body: unknown) =>
  fetch(`${paper.ready.control?.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${paper.ready.control?.token}` },
    body: JSON.stringify(body),
  })
const price = async (paper: ServedPaper) => {
  const answer = await fetch(`${paper.ready.rest}/api/v3/brokerage/market/products/BTC-USD`)
  return ((await answer.json()) as { price: string }).price
}

describe('a served paper exchange', () => {
  it('in memory leaves its key to the owner alone, and nothing behind', async () => {
    const paper = await serve({ balances: 'USD=5' })
    const { keyFile, rest, ws } = paper.ready
    expect(JSON.parse(readFileSync(keyFile, 'utf8'))).toEqual({
      name: paper.exchange.keyName,
      privateKey: paper.exchange.privateKeyPem,
    })
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect([rest, ws]).toEqual([paper.exchange.rest, paper.exchange.ws])
    expect(paper.exchange.balances().map(({ currency }) => currency)).toEqual(['USD'])
    await open.pop()?.close()
    expect(() => statSync(keyFile)).toThrow(/ENOENT/)
  })

  it('with a folder keeps its key and money, and lets nobody else in', async () => {
    const first = await serve({ state: 'kept', balances: 'USD=7' })
    await expect(serve({ state: 'kept' })).rejects.toMatchObject({ code: 'ERR_HOME_OWNED' })
    await open.pop()?.close()
    const second = await serve({ state: 'kept', balances: 'USD=9' })
    expect(second.exchange.keyName).toBe(first.exchange.keyName)
    expect(second.exchange.balances()[0]?.available.toFixed()).toBe('7')
    expect(second.page().join('\n')).toContain(join(folder, 'kept'))
  })

  it('lets go of its folder when it could not start', async () => {
    const port = String(new URL((await serve({})).ready.rest).port)
    await expect(serve({ state: 'try', port })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      shortMessage: expect.stringContaining('another program listens there already'),
    })
    expect((await serve({ state: 'try' })).ready.rest).toContain('http://')
  })

  it('takes what no flag says from its defaults', async () => {
    const defaults = { seed: 11, initialBalances: { USD: '3' } }
    expect((await serve({}, { defaults })).exchange).toMatchObject({ seed: 11 })
    const told = await serve({ seed: '12' }, { defaults })
    expect(told.exchange.seed).toBe(12)
    expect(told.exchange.balances()[0]?.available.toFixed()).toBe('3')
  })

  it('steps its time from outside, and a tape with it', async () => {
    const { disk } = systemRuntime()
    const path = join(folder, 'tape.jsonl')
    let nowMs = 1_000_000
    const products = DEFAULT_PRODUCTS.filter(({ productId }) => productId === 'BTC-USD')
    const source = createSyntheticPrices({
      seed: 3,
      clock: { nowMs: () => nowMs },
      timers: { after: () => ({ cancel() {} }), every: () => ({ cancel() {} }), sleep: async () => {} },
    })
    const recording = recordTape({
      source,
      productIds: ['BTC-USD'],
      disk,
      path,
      clock: { nowMs: () => nowMs },
      products,
    })
    nowMs += 1
    recording.stop()
    const paper = await serve({ prices: 'tape:tape.jsonl', speed: 'stepped' })
    expect(paper.exchange.priceSource).toContain('tape.jsonl')
    expect(paper.exchange.seed).toBeUndefined()
    expect(paper.page()).toContain('  products     BTC-USD')
    const before = paper.exchange.clock.nowMs()
    expect((await control(paper, '/clock', { advance_ms: 5_000 })).status).toBe(200)
    expect(paper.exchange.clock.nowMs()).toBe(before + 5_000)
    const synthetic = await serve({ seed: '3', speed: 'stepped' })
    const still = await price(synthetic)
    expect(await price(synthetic)).toBe(still)
    await control(synthetic, '/clock', { advance_ms: 60_000 })
    expect(await price(synthetic)).not.toBe(still)
  })

  it('says what to do instead when it cannot have live prices or its tape', async () => {
    await expect(serve({ prices: 'live' })).rejects.toThrow(/tidegate\/cli paper --prices live/)
    await expect(serve({ prices: 'tape:none.jsonl' })).rejects.toThrow(/not there/)
    await expect(serve({ prices: 'live', products: 'BTC-USD' })).rejects.toThrow(/--products is settled/)
    const openLive = async () => ({ prices: { name: 'live somewhere', open: () => () => {} }, products: [] })
    expect((await serve({ prices: 'live' }, { openLive })).exchange.priceSource).toBe('live somewhere')
  })

  it('over TLS writes down the certificate to trust, and a page that says how', async () => {
    const paper = await serve({ tls: true, strict: true, host: 'localhost' })
    expect(paper.ready).toMatchObject({ rest: expect.stringContaining('https://localhost:') })
    expect(readFileSync(paper.ready.certificateFile ?? '', 'utf8')).toBe(paper.exchange.certificatePem)
    expect(paper.page().join('\n')).toContain(`NODE_EXTRA_CA_CERTS=${paper.ready.certificateFile}`)
  })

  it('tells a person what each client needs, how to break it, and what the market is like', async () => {
    const paper = await serve({ products: 'BTC-USD', seed: '4' })
    const page = paper.page().join('\n')
    for (const part of ['ccxt', 'coinbase-api', 'Python SDK', 'Tidegate', 'accept-then-drop', paper.ready.keyFile]) {
      expect(page).toContain(part)
    }
    expect(page).toContain(paper.ready.control?.token)
    expect(page.match(/^ {2}[A-Z]+-USD /gm)).toHaveLength(1)
    const wide = await serve({ host: '0.0.0.0' })
    expect(wide.page().join('\n')).toContain('not this machine alone')
  })

  it('writes an IPv6 address so that clients can read it', async () => {
    expect((await serve({ host: '::1' })).ready.rest).toMatch(/^http:\/\/\[::1\]:\d+$/)
  })
})
