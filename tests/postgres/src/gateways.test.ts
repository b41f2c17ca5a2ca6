import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, type Gateway, loadConfig, openGateway, openLog, type Runtime } from '@tidegate/gateway'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from './start-postgres.js'

const local = { name: 'local', role: 'trader' } as const

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

let exchange: PaperExchange
let url: string
let folder: string
let opened: Gateway[]
beforeEach(async () => {
  exchange = await createPaperExchange({ seed: 5, log: new MemoryLog(), rateLimits: 'off' })
  url = await postgres.createDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tidegate-gateways-'))
  opened = []
})
afterEach(async () => {
  for (const gateway of opened) await gateway.close()
  await exchange.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A gateway with a home of its own on the one database, for the one account at the exchange: production settings. */
async function open(name: string, runtime?: Runtime): Promise<Gateway> {
  const home = join(folder, name)
  const heads = (of: string) => join(folder, of, 'production', 'audit-heads.jsonl.key')
  if (name !== 'a') {
    mkdirSync(join(home, 'production'), { recursive: true })
    copyFileSync(heads('a'), heads(name))
  }
  const config = loadConfig({
    flags: { home, environment: 'production', 'log-level': 'ERROR' },
    env: {
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: exchange.privateKeyPem,
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_STORE_URL: url,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
      TIDEGATE_POLICY_MAX_OPEN_ORDERS: '3',
    },
    cwd: home,
    readFile: () => undefined,
    platform: process.platform,
  })
  const log = openLog(config, undefined, { quiet: true })
  const gateway = await openGateway(config, { log, ...(runtime ? { runtime } : {}) })
  opened.push(gateway)
  await until(async () => (await gateway.health()).ready)
  return gateway
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** A limit order that rests, some steps below the market; each with a price of its own. */
async function rest(from: Gateway, steps: number) {
  const bid = (await from.market.ticker('BTC-USD')).value.bestBid
  const { structured } = await from.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'LIMIT',
    size: '0.0005',
    limit_price: bid?.times(`0.9${steps}`).toFixed(2) ?? '',
  })
  return structured as { success: boolean; outcome?: string; order_id?: string; denials?: { code: string }[] }
}

async function query(statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

/** The real runtime of a process that can be stopped: its regular work waits until it is woken, and is then all due at once. */
function stoppable() {
  const runtime = createRuntime()
  let isStopped = false
  const missed = new Set<() => void>()
  const daily: (() => void)[] = []
  return {
    aDayPasses: () => {
      for (const run of daily) run()
    },
    runtime: {
      ...runtime,
      timers: {
        ...runtime.timers,
        every: (ms: number, run: () => void) => {
          if (ms === 86_400_000) daily.push(run)
          return runtime.timers.every(ms, () => {
            if (isStopped) missed.add(run)
            else run()
          })
        },
      },
    },
    stop: () => {
      isStopped = true
    },
    wake: () => {
      isStopped = false
      for (const run of missed) run()
      missed.clear()
    },
  }
}

describe('two gateways on one database and one account', () => {
  it('share their limits: what one has open, the other may not open', async () => {
    const [a, b] = [await open('a'), await open('b')]
    expect(await rest(a, 1)).toMatchObject({ success: true })
    expect(await rest(b, 2)).toMatchObject({ success: true })
    expect(await rest(a, 3)).toMatchObject({ success: true })
    const fourth = await rest(b, 4)
    expect(fourth).toMatchObject({ success: false, outcome: 'denied' })
    expect(fourth.denials?.map((denial) => denial.code)).toContain('RISK_OPEN_ORDERS')
    expect(exchange.orders()).toHaveLength(3)
    // Each sees and cancels the other's orders as its own.
    const all = await b.desk.cancelAll(local)
    expect(all).toMatchObject({ allGone: true, remaining: [] })
    expect(await rest(a, 4)).toMatchObject({ success: true })
  }, 120_000)

  it('share the kill switch: after its answer the other sends nothing', async () => {
    const [a, b] = [await open('a'), await open('b')]
    expect(await rest(b, 1)).toMatchObject({ success: true })
    await a.control.call('halt', { reason: 'test' })
    expect(await rest(b, 2)).toMatchObject({ success: false, outcome: 'denied' })
    expect((await b.health()).mode).toBe('HALTED')
    expect(exchange.orders()).toHaveLength(1)
    await b.control.call('resume', {})
    expect(await rest(a, 3)).toMatchObject({ success: true })
  }, 120_000)

  it('renew their leases; one that stood still until its lease ran out is refused, reconciles, and goes on', async () => {
    const a = await open('a')
    const process = stoppable()
    const b = await open('b', process.runtime)
    expect(await rest(b, 1)).toMatchObject({ success: true })
    process.stop()
    const lapsed = `select count(*)::int as n from leases
      where name like 'instance:%' and until_ms <= extract(epoch from clock_timestamp()) * 1000`
    await until(async () => (await query(lapsed))[0]?.['n'] === 1)
    const refused = await rest(b, 2)
    expect(refused).toMatchObject({ success: false, outcome: 'not_sent' })
    expect(exchange.orders()).toHaveLength(1)
    // Its own halt would not explain it: the other one goes on.
    expect(await rest(a, 3)).toMatchObject({ success: true })
    process.wake()
    await until(async () => (await b.health()).ready && (await query(lapsed))[0]?.['n'] === 0)
    expect(await rest(b, 4)).toMatchObject({ success: true })
    const abandoned = (await a.desk.listOrders({ states: ['ABANDONED'] })).map((intent) => intent.outcomeReason)
    expect(abandoned).toEqual([expect.stringContaining('stood still')])
    expect(await a.control.call('audit_verify', {})).toMatchObject({ ok: true })
  }, 120_000)
})

describe('a database that goes away under a running gateway', () => {
  it('does not keep an order alive: the cancel goes out, and the audit log has it when the database is back', async () => {
    const a = await open('a')
    const placed = await rest(a, 1)
    const orderId = placed.order_id ?? ''
    const name = new URL(url).pathname.slice(1)
    const admin = new pg.Client({ connectionString: url.replace(name, 'postgres') })
    await admin.connect()
    await admin.query(`alter database ${name} allow_connections false`)
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await a.mcp.callTool(local, 'cancel_order', { order_id: orderId })
    expect(exchange.orders().map((order) => order.status)).toEqual(['CANCELLED'])
    await expect(rest(a, 2)).resolves.toMatchObject({ success: false })
    expect(exchange.orders()).toHaveLength(1)
    await admin.query(`alter database ${name} allow_connections true`)
    await admin.end()
    await until(async () => (await a.desk.getOrder(orderId).catch(() => undefined))?.state === 'CANCELLED')
    const spooled = async () =>
      (await a.control.call('audit_show', { limit: 1_000 }).catch(() => ({ entries: [] }))) as {
        entries: { type: string; body: { what: string } }[]
      }
    const told = async () =>
      (await spooled()).entries.filter((entry) => entry.type === 'cancel_spooled').map((entry) => entry.body.what)
    await until(async () => (await told()).includes('accepted'))
    expect((await told())[0]).toBe('requested')
    expect(await a.control.call('audit_verify', {})).toMatchObject({ ok: true })
  }, 120_000)
})

describe('a limit row that somebody changed by hand', () => {
  it('halts the account: within a day, and at every start', async () => {
    const process = stoppable()
    const a = await open('a', process.runtime)
    expect(await rest(a, 1)).toMatchObject({ success: true })
    process.aDayPasses()
    expect((await a.health()).mode).toBe('ACTIVE')
    await query(`update limit_rows set used = used - 1 where used > 0`)
    process.aDayPasses()
    await until(async () => (await a.health()).mode === 'HALTED')
    const { modes } = (await a.control.call('status', {})) as { modes: { scope: string; reason: string }[] }
    expect(modes.find((row) => row.scope === 'account')?.reason).toMatch(/limit row .* says \d+ used, its reservations/)
    expect(await rest(a, 2)).toMatchObject({ success: false, outcome: 'denied' })
    await a.control.call('resume', {})
    const b = await open('b')
    await until(async () => (await b.health()).mode === 'HALTED')
    expect(exchange.orders()).toHaveLength(1)
  }, 120_000)
})
