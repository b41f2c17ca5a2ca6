import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createAxiosTransport,
  createCoinbaseClient,
  createKeySigner,
  createRateBudget,
} from '@tidegate/coinbase-client'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { MemoryLog, MemoryMetrics } from '@tidegate/testkit'
import type { VenueOrder } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRuntime } from '../runtime.js'

const here = dirname(fileURLToPath(import.meta.url))

/** What each process runs: a home as a stdio server opens it, driven by messages instead of MCP. */
const childSource = `
import { loadConfig } from '../config/load-config.js'
import { openHome } from './open-home.js'
const config = loadConfig({ flags: { home: process.argv[2], 'log-level': 'ERROR' }, env: {}, cwd: '/', readFile: () => undefined, platform: process.platform })
const home = openHome(config, { as: 'stdio' })
process.on('message', async ({ id, what, args }) => {
  try {
    const result =
      what === 'role' ? (await home.endpoint(), home.role())
      : what === 'control' ? await home.control.call(args.verb, {})
      : what === 'paper' ? home.gateway()?.paper
      : what === 'close' ? await home.close()
      : (await home.mcp.callTool({ name: 'local', role: 'trader' }, what, args)).structured
    process.send({ id, result })
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) })
  }
  if (what === 'close') process.disconnect()
})
`

interface Bundler {
  build(options: object): Promise<unknown>
}

let folder: string
let script: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-failover-'))
  script = join(folder, 'child.mjs')
  const require = createRequire(import.meta.url)
  const esbuild = createRequire(require.resolve('tsup'))('esbuild') as Bundler
  await esbuild.build({
    stdin: { contents: childSource, resolveDir: here, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: script,
    external: ['libsql'],
    conditions: ['@tidegate/source'],
    banner: { js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);" },
    logLevel: 'error',
  })
}, 60_000)
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

class Member {
  private readonly waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  private count = 0
  readonly child: ChildProcess
  readonly exited: Promise<void>

  constructor(home: string) {
    this.child = fork(script, [home], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // The bundle lies outside the workspace; libsql is found where the journal has it.
      env: { ...process.env, NODE_PATH: join(here, '../../../trade-journal/node_modules') },
    })
    children.push(this.child)
    this.exited = new Promise((resolve) => this.child.on('exit', () => resolve()))
    this.child.on('message', (message: { id: number; result?: never; error?: string }) => {
      const waiter = this.waiting.get(message.id)
      this.waiting.delete(message.id)
      if (message.error === undefined) waiter?.resolve(message.result as never)
      else waiter?.reject(new Error(message.error))
    })
  }

  ask<T = JsonObject>(what: string, args: JsonObject = {}): Promise<T> {
    const id = this.count++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.child.send({ id, what, args })
    })
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exited
  }
}

const ready = async (member: Member): Promise<void> => {
  while (!(await member.ask('control', { verb: 'status' }))['ready'])
    await new Promise((resolve) => setTimeout(resolve, 50))
}
/** The venue's own list, over its wire, past everything of ours but the client. */
const listAtVenue = async (paper: JsonObject): Promise<readonly VenueOrder[]> => {
  const { clock, timers, random } = createRuntime()
  const http = createAxiosTransport()
  const client = createCoinbaseClient({
    environment: 'paper',
    restUrl: paper['restUrl'] as string,
    signer: createKeySigner('', readFileSync(paper['keyFile'] as string, 'utf8')),
    clock,
    timers,
    random,
    http,
    budget: createRateBudget({ clock, timers }),
    log: new MemoryLog(),
    metrics: new MemoryMetrics(),
  })
  try {
    return await client.listOrders()
  } finally {
    http.close()
  }
}
const buy = (key: string): JsonObject => ({
  product_id: 'BTC-USD',
  side: 'BUY',
  order_type: 'MARKET',
  // Each its own amount: the same order under another key, moments later, is refused as a repeat.
  quote_size: `10.${String(Array.from(key).reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 100).padStart(2, '0')}`,
  client_order_id: key,
})

describe('three processes on one paper home', () => {
  it('share one gateway, and the survivors carry on when its owner is killed', async () => {
    const home = join(folder, 'home-1')
    mkdirSync(home)
    const all = [new Member(home), new Member(home), new Member(home)]
    const roles = await Promise.all(all.map((member) => member.ask<string>('role')))
    expect([...roles].sort()).toEqual(['attached', 'attached', 'owner'])
    const owner = all[roles.indexOf('owner')] as Member
    const [left, right] = all.filter((member) => member !== owner) as [Member, Member]
    expect((JSON.parse(readFileSync(join(home, 'paper', 'owner.json'), 'utf8')) as { pid: number }).pid).toBe(
      owner.child.pid,
    )
    await ready(left)

    const placed = await left.ask('place_order', buy('before'))
    expect(placed).toMatchObject({ success: true })
    const waiting = right.ask('subscribe_ticker', { symbols: ['ETH-USD'], max_updates: 20, wait_ms: 3_000 })

    await owner.kill()
    const repeated = await right.ask('place_order', buy('before'))
    expect(repeated).toMatchObject({ success: true, order_id: placed['order_id'] })
    const after = await Promise.all([left.ask<string>('role'), right.ask<string>('role')])
    expect([...after].sort()).toEqual(['attached', 'owner'])
    // The call that was under way when the owner died was sent again and answered.
    expect(JSON.stringify(await waiting)).toContain('ETH-USD')
    await ready(left)
    expect(await left.ask('place_order', buy('after'))).toMatchObject({ success: true })
    expect(await right.ask('control', { verb: 'audit_verify' })).toMatchObject({ ok: true })
    await Promise.all([left.ask('close'), right.ask('close')])
    await Promise.all([left.exited, right.exited])
  }, 60_000)

  it('place every order exactly once, though the owner is killed while orders are under way', async () => {
    const home = join(folder, 'home-2')
    mkdirSync(home)
    const all = [new Member(home), new Member(home)]
    const roles = await Promise.all(all.map((member) => member.ask<string>('role')))
    const owner = all[roles.indexOf('owner')] as Member
    const survivor = all[roles.indexOf('attached')] as Member
    await ready(survivor)
    const keys = Array.from({ length: 8 }, (_, at) => `key-${at}`)
    const answers = Promise.allSettled(keys.map((key) => survivor.ask('place_order', buy(key))))
    await survivor.ask('get_account')
    await owner.kill()
    await answers
    await ready(survivor)
    // Said again with the same keys: one intent each, whatever became of it. Those that were on the socket at the moment
    // of the kill may be unknown for minutes, and three unknown ones halt the account; that is the desk's to decide.
    const again = await Promise.all(keys.map((key) => survivor.ask('place_order', buy(key))))
    const onceMore = await Promise.all(keys.map((key) => survivor.ask('place_order', buy(key))))
    const intentsOf = (answers: readonly JsonObject[]): unknown[] => answers.map((answer) => answer['intent_id'])
    expect(intentsOf(onceMore)).toEqual(intentsOf(again))
    expect(new Set(intentsOf(again)).size).toBe(keys.length)
    const venueOrders = await listAtVenue(await survivor.ask('paper'))
    const clientIds = venueOrders.map((order) => order.clientOrderId)
    expect(new Set(clientIds).size).toBe(clientIds.length)
    expect(clientIds.length).toBeLessThanOrEqual(keys.length)
    const placed = onceMore.filter((answer) => answer['success'] === true).map((answer) => answer['order_id'] as string)
    expect(venueOrders.map((order) => order.orderId)).toEqual(expect.arrayContaining(placed))
    // Nothing is at the venue that the journal does not know.
    expect(await survivor.ask('control', { verb: 'reconcile' })).toMatchObject({ adopted: [] })
    await survivor.ask('close')
    await survivor.exited
  }, 60_000)
})
