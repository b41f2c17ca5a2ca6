import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acquireHomeLock } from '@tidegate/trade-journal'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadConfig } from './config/load-config.js'
import type { Gateway } from './gateway.js'
import { openLog } from './log/open-log.js'
import { openGateway } from './open-gateway.js'
import { createRuntime, type Runtime } from './runtime.js'

const local = { name: 'local', role: 'trader' } as const

let folder: string
let gateway: Gateway | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-store-failure-'))
})
afterEach(async () => {
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: { readonly runtime?: Runtime; readonly untilReady?: boolean } = {}): Promise<Gateway> {
  const config = loadConfig({
    flags: { home: folder, 'log-level': 'ERROR' },
    env: {},
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  const { runtime = createRuntime() } = options
  const opened = await openGateway(config, { runtime, log: openLog(config, undefined, { quiet: true }) })
  gateway = opened
  if (options.untilReady !== false) await until(async () => (await opened.health()).ready)
  return opened
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Takes the store away from under a running gateway; nothing can be written until it is given back. */
function takeStoreAway(): () => void {
  const store = join(folder, 'paper', 'journal.sqlite')
  if (existsSync(`${store}-wal`)) {
    // A renamed file in WAL mode goes on being written: there only a lock is in the way.
    const lock = acquireHomeLock(store)
    if (!lock) throw new Error('the store is locked already')
    return () => lock.release()
  }
  renameSync(store, `${store}.away`)
  return () => renameSync(`${store}.away`, store)
}

async function restingOrder(from: Gateway): Promise<string> {
  const bid = (await from.market.ticker('BTC-USD')).value.bestBid
  const { structured } = await from.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'LIMIT',
    size: '0.001',
    limit_price: bid?.times('0.95').toFixed(2) ?? '',
  })
  expect(structured).toMatchObject({ success: true })
  return structured['order_id'] as string
}

const cancel = (from: Gateway, orderId: string) => from.mcp.callTool(local, 'cancel_order', { order_id: orderId })

async function spooled(from: Gateway, orderId: string): Promise<readonly string[]> {
  const [intent] = await from.desk.listOrders({})
  expect(intent?.venueOrderId).toBe(orderId)
  const { entries } = (await from.control.call('audit_show', { intent_id: intent?.intentId ?? '', limit: 1_000 })) as {
    entries: { type: string; body: { what: string } }[]
  }
  return entries.filter((entry) => entry.type === 'cancel_spooled').map((entry) => entry.body.what)
}

it('a cancel reaches the exchange while the store fails, and the audit log has it once the store works again', async () => {
  const running = await open()
  const orderId = await restingOrder(running)
  const giveBack = takeStoreAway()
  try {
    const { structured } = await cancel(running, orderId)
    expect(structured['outcome']).not.toBe('refused')
    expect(readFileSync(join(folder, 'paper', 'cancels.jsonl'), 'utf8')).toContain(orderId)
  } finally {
    giveBack()
  }
  await until(async () => (await running.desk.getOrder(orderId))?.state === 'CANCELLED')
  await until(async () => (await spooled(running, orderId)).length === 2)
  expect(await spooled(running, orderId)).toEqual(['requested', 'accepted'])
  expect(readFileSync(join(folder, 'paper', 'cancels.jsonl'), 'utf8')).toBe('')
  expect(await running.control.call('audit_verify', {})).toMatchObject({ ok: true })
}, 120_000)

it('or after the next start, when the process ended before that', async () => {
  const running = await open()
  const orderId = await restingOrder(running)
  const giveBack = takeStoreAway()
  try {
    await cancel(running, orderId)
    await running.close()
  } finally {
    giveBack()
  }
  const next = await open()
  expect(await spooled(next, orderId)).toEqual(['requested', 'accepted'])
  await until(async () => (await next.desk.getOrder(orderId))?.state === 'CANCELLED')
}, 120_000)

it('a file named HALT stops what is new, store or not, and shows in the status; without it the store decides again', async () => {
  const running = await open()
  const orderId = await restingOrder(running)
  const file = join(folder, 'paper', 'HALT')
  writeFileSync(file, 'fire drill\n')
  const place = () =>
    running.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '10',
    })
  expect((await place()).structured).toMatchObject({
    success: false,
    denials: [expect.objectContaining({ code: 'RISK_HALTED' })],
  })
  expect(await running.control.call('status', {})).toMatchObject({ mode: 'HALTED', haltFile: 'fire drill' })
  const giveBack = takeStoreAway()
  try {
    expect((await place()).structured).toMatchObject({ success: false })
    await cancel(running, orderId)
  } finally {
    giveBack()
  }
  await until(async () => (await running.desk.getOrder(orderId))?.state === 'CANCELLED')
  await running.control.call('halt', { reason: 'a person, too' })
  rmSync(file)
  expect((await place()).structured).toMatchObject({ success: false })
  const status = await running.control.call('status', {})
  expect(status).toMatchObject({ mode: 'HALTED' })
  expect(status).not.toHaveProperty('haltFile')
  await running.control.call('resume', {})
  expect((await place()).structured).toMatchObject({ success: true })
}, 120_000)

it('a store that fails as the desk starts keeps new orders waiting, says why, and is tried until it works', async () => {
  const first = await open()
  await first.close()
  const runtime = createRuntime()
  let giveBack: (() => void) | undefined
  const disk: Runtime['disk'] = {
    ...runtime.disk,
    readText(path) {
      // Read between the opening of the journal and the start of the desk.
      if (path.endsWith('cancels.jsonl')) giveBack ??= takeStoreAway()
      return runtime.disk.readText(path)
    },
  }
  const running = await open({ runtime: { ...runtime, disk }, untilReady: false })
  try {
    await until(async () => (await running.health()).reason.includes('the store does not work'))
    expect(await running.control.call('status', {})).toMatchObject({ ready: false })
  } finally {
    giveBack?.()
  }
  await until(async () => (await running.health()).ready)
  expect(await running.health()).toMatchObject({ mode: 'ACTIVE', reason: 'ready' })
  await restingOrder(running)
}, 120_000)

const MB = 1024 * 1024

/** A home on a disk of 64 MB of its own where we may mount one (root on Linux); elsewhere the real disk that says it were so full. */
function smallDisk(): { readonly runtime: Runtime; fill(leaveBytes: number): void; readonly remove: () => void } {
  const runtime = createRuntime()
  const filler = join(folder, 'filler')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    let freeBytes = 64 * MB
    const disk = { ...runtime.disk, space: () => ({ freeBytes, totalBytes: 64 * MB }) }
    return {
      runtime: { ...runtime, disk },
      fill(leaveBytes) {
        freeBytes = leaveBytes
      },
      remove: () => {},
    }
  }
  return {
    runtime,
    fill(leaveBytes) {
      rmSync(filler, { force: true })
      const free = runtime.disk.space?.(folder)?.freeBytes ?? 0
      writeFileSync(filler, Buffer.alloc(Math.max(0, free - leaveBytes), 1))
    },
    remove: () => void execFileSync('umount', ['-l', folder]),
  }
}

it('a disk that is nearly full stops new orders with a sentence before the store fails, and cancels go on', async () => {
  const small = smallDisk()
  try {
    const running = await open({ runtime: small.runtime })
    const orderId = await restingOrder(running)
    small.fill(7 * MB)
    expect(await running.health()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/The disk of .* is nearly full: [67](\.\d)? MB of 64 MB are free/) as string,
    })
    const refused = await running.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '10',
    })
    expect(JSON.stringify(refused.structured)).toMatch(/ERR_STORE_IO.*is nearly full/)
    expect((await cancel(running, orderId)).structured).toMatchObject({ success: true })
    await until(async () => (await running.desk.getOrder(orderId))?.state === 'CANCELLED')
    expect(await running.control.call('audit_verify', {})).toMatchObject({ ok: true })
    small.fill(64 * MB)
    await restingOrder(running)
    await running.close()
    gateway = undefined
  } finally {
    small.remove()
  }
}, 120_000)
