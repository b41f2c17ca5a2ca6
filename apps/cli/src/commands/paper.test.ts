import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, openPaperExchange } from '@tidegate/gateway'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createProgram } from '../program.js'

/** What `openPaperExchange` gives; the venue of these tests is one too. */
type Paper = Awaited<ReturnType<typeof openPaperExchange>>

let folder: string
let venue: Paper

function open(home: string, flags: Readonly<Record<string, string>>): Promise<Paper> {
  const config = loadConfig({
    flags: { home: join(folder, home) },
    env: {},
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  return openPaperExchange(config, { flags, absolute: (path) => join(folder, path) })
}

const run = (...args: string[]) => createProgram().parseAsync(['node', 'tidegate', ...args])

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-record-'))
  venue = await open('venue', { seed: '11' })
  vi.stubEnv('TIDEGATE_HOME', join(folder, 'home'))
  vi.stubEnv('TIDEGATE_COINBASE_REST_URL', venue.ready.rest)
  vi.stubEnv('TIDEGATE_COINBASE_MARKET_WS_URL', venue.ready.ws)
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await venue.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command and gives what it printed. */
async function printed(...args: string[]): Promise<string> {
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  await run(...args)
  vi.restoreAllMocks()
  return text
}

type TapeLine = readonly [waitMs: number, product: number, kind: string, ...string[]]
interface Shown {
  readonly bids: readonly { readonly price: string; readonly size: string }[]
  readonly asks: readonly { readonly price: string; readonly size: string }[]
}
const readLine = (line: string) => JSON.parse(line) as TapeLine

describe('tidegate paper record', () => {
  it('writes the venue’s stream to a tape, which a paper exchange then plays line by line: the same books and the same trades', async () => {
    const file = join(folder, 'venue.jsonl')
    const told = JSON.parse(await printed('paper', 'record', '--out', file, '--seconds', '3', '--json')) as {
      events: number
    }
    expect(told).toMatchObject({ ok: true, file, productIds: expect.arrayContaining(['BTC-USD', 'ETH-USD']) })
    expect(process.exitCode).toBe(0)
    const tape = readFileSync(file, 'utf8')
    expect(told.events).toBeGreaterThan(10)
    expect(tape.trim().split('\n').at(-1)).toBe(JSON.stringify({ end: told.events }))

    const [head, ...rest] = tape.trim().split('\n').slice(0, -1).map(readLine)
    const bitcoin = (head as unknown as { productIds: string[] }).productIds.indexOf('BTC-USD')
    const lines = rest as readonly TapeLine[]
    expect(lines).toHaveLength(told.events)
    const played = await open('player', { prices: 'tape:venue.jsonl', speed: 'stepped' })
    try {
      const ask = async (path: string) => (await fetch(`${played.ready.rest}/api/v3/brokerage/market/${path}`)).json()
      const book = { b: new Map<string, string>(), a: new Map<string, string>() }
      const trades: unknown[] = []
      // The public rate allows a burst of ten requests: that many looks on the way, and one at the end.
      const looks = new Set([1, 2, 3, 4, 5, 6].map((part) => Math.floor((lines.length * part) / 6) - 1))
      for (const [index, [waitMs, product, kind, ...what]] of lines.entries()) {
        played.exchange.clock.advance(waitMs)
        if (product === bitcoin && kind === 't') {
          const [price, size, aggressor] = what as string[]
          // The wire's side is the maker's.
          trades.push({ price, size, side: aggressor === 'BUY' ? 'SELL' : 'BUY' })
        } else if (product === bitcoin) {
          if (kind === 's') for (const side of [book.b, book.a]) side.clear()
          for (const [side, price, size] of what[0] as unknown as ['b' | 'a', string, string][]) {
            if (size === '0') book[side].delete(price)
            else book[side].set(price, size)
          }
        }
        // Lines of one moment are played together.
        if (!looks.has(index) || lines[index + 1]?.[0] === 0) continue
        const { pricebook } = (await ask('product_book?product_id=BTC-USD&limit=1000')) as { pricebook: Shown }
        const sizes = (levels: Shown['bids']) => new Map(levels.map(({ price, size }) => [price, size]))
        expect(sizes(pricebook.bids), `bids after line ${index}`).toEqual(book.b)
        expect(sizes(pricebook.asks), `asks after line ${index}`).toEqual(book.a)
      }
      const answer = (await ask('products/BTC-USD/ticker?limit=1000')) as { trades: Record<string, string>[] }
      const heard = answer.trades.map(({ price, size, side }) => ({ price, size, side })).toReversed()
      expect(trades.length).toBeGreaterThan(0)
      expect(heard).toEqual(trades)
      expect(played.exchange.priceSource).toContain('venue.jsonl')
    } finally {
      await played.close()
    }
  })

  it('never writes over a tape, and wants to know where to', async () => {
    const file = join(folder, 'twice.jsonl')
    await printed('paper', 'record', '--out', file, '--seconds', '1', '--json')
    await expect(run('paper', 'record', '--out', file)).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const endless = run('paper', 'record', '--out', join(folder, 'endless.jsonl'), '--seconds', 'abc')
    await expect(endless).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    await expect(run('paper', 'record')).rejects.toMatchObject({ code: 'commander.missingMandatoryOptionValue' })
  })
})

describe('tidegate paper', () => {
  it.each([
    [['--port', 'abc'], /--port is "abc"/],
    [['--balances', 'UDS=1'], /--balances names UDS/],
    [['--prices', 'psychic'], /--prices is "psychic"/],
    [['--prices', 'tape:none.jsonl'], /tape that is not there/],
    [['--strict', '--lenient'], /exclude each other/],
  ])('refuses what makes no sense, as npx @tidegate/paper-exchange does: %j', async (args, why) => {
    await expect(run('paper', ...args)).rejects.toThrow(why)
  })

  it('takes every flag that npx @tidegate/paper-exchange takes', async () => {
    const { PAPER_FLAGS } = await import('@tidegate/gateway')
    const paper = createProgram().commands.find((command) => command.name() === 'paper')
    const taken = paper?.options.map(({ long }) => long)
    expect(taken).toEqual(expect.arrayContaining(PAPER_FLAGS.map(({ name }) => `--${name}`)))
  })
})
