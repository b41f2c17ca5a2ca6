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

describe('tidegate paper record', () => {
  it('writes the venue’s stream to a tape, which then drives a paper exchange to the same prices', async () => {
    const file = join(folder, 'venue.jsonl')
    const told = JSON.parse(await printed('paper', 'record', '--out', file, '--seconds', '3', '--json')) as {
      events: number
    }
    expect(told).toMatchObject({ ok: true, file, productIds: expect.arrayContaining(['BTC-USD', 'ETH-USD']) })
    expect(process.exitCode).toBe(0)
    const tape = readFileSync(file, 'utf8')
    expect(told.events).toBeGreaterThan(10)
    expect(tape.trim().split('\n').at(-1)).toBe(JSON.stringify({ end: told.events }))

    const played = await open('player', { prices: 'tape:venue.jsonl', speed: 'stepped' })
    try {
      played.exchange.clock.advance(60_000)
      const price = async ({ ready }: Paper) => {
        const answer = await fetch(`${ready.rest}/api/v3/brokerage/market/products/BTC-USD`)
        return ((await answer.json()) as { price: string }).price
      }
      // A price of the tape, digit for digit; the venue has gone on since.
      expect(tape).toContain(`"${await price(played)}"`)
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
