import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange, readTape, type ServedPaper } from '@tidegate/paper-exchange'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import { openPaperExchange } from './open-paper-exchange.js'
import { openTapeRecorder } from './open-tape-recorder.js'

/** Stands for the venue: it speaks the same protocol. */
let venue: PaperExchange
let folder: string
const open: ServedPaper[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-prices-'))
  venue = await createPaperExchange({ seed: 11, rateLimits: 'off' })
})
afterEach(async () => {
  for (const paper of open.splice(0)) await paper.close()
})
afterAll(async () => {
  await venue.close()
  rmSync(folder, { recursive: true, force: true })
})

let homes = 0

function configOf(prices: string): Config {
  return loadConfig({
    flags: {
      home: join(folder, `home ${++homes}`),
      prices,
      'coinbase.rest_url': venue.rest,
      'coinbase.market_ws_url': venue.ws,
    },
    env: {},
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
}

async function start(prices: string): Promise<ServedPaper> {
  const paper = await openPaperExchange(configOf(prices), { flags: {}, absolute: (path) => path })
  open.push(paper)
  return paper
}

async function lastPrice(rest: string): Promise<number> {
  // oxlint-disable-next-line no-restricted-globals -- looks at the exchange from outside
  const answer = await fetch(`${rest}/api/v3/brokerage/market/products/BTC-USD`)
  return Number(((await answer.json()) as { price: string }).price)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('the prices of a paper exchange', () => {
  it('are invented unless told otherwise, and say so', async () => {
    expect((await start('synthetic')).exchange.priceSource).toMatch(/^synthetic/)
  })

  it('are those of the venue when they are live', async () => {
    const paper = await start('live')
    expect(paper.exchange.priceSource).toBe(`live ${venue.ws}`)
    await until(async () => (await lastPrice(paper.ready.rest)) > 0)
    const [here, there] = [await lastPrice(paper.ready.rest), await lastPrice(venue.rest)]
    expect(Math.abs(here - there) / there).toBeLessThan(0.001)
  })

  it('are recorded from the venue and played again', async () => {
    const file = join(folder, 'one.jsonl')
    const recording = await openTapeRecorder(configOf('synthetic'), file)
    await until(async () => recording.events() > 30)
    recording.stop()
    const tape = readTape(readFileSync(file, 'utf8'))
    expect(tape).toMatchObject({ isComplete: true, header: { source: `live ${venue.ws}` } })
    expect(tape.events).toHaveLength(recording.events())
    const paper = await start(`tape:${file}`)
    expect(paper.exchange.priceSource).toContain('one.jsonl')
    await until(async () => (await lastPrice(paper.ready.rest)) > 0)
    await expect(openTapeRecorder(configOf('synthetic'), file)).rejects.toThrow(/there already/)
  })

  it('are asked for again when a tape is missing or the word is none', async () => {
    await expect(start('tape:nowhere.jsonl')).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    expect(() => configOf('psychic')).toThrow(/psychic/)
  })
})
