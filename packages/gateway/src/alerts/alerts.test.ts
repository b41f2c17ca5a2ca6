import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAxiosTransport } from '@tidegate/coinbase-client'
import { MemoryLog, MemoryMetrics } from '@tidegate/testkit'
import type { Timer, Timers } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ALERT_KINDS, alertRules } from './alert-table.js'
import { type Alerts, type AlertsOptions, createAlerts } from './create-alerts.js'
import { alertingLog, alertingMetrics } from './watch-happenings.js'

/** A webhook on this machine that answers what it is told to. */
class Webhook {
  readonly bodies: Record<string, unknown>[] = []
  /** Statuses of the next answers; 200 when there are none. `hang`: no answer at all. */
  readonly answers: (number | 'hang')[] = []
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Webhook> {
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      request.on('end', () => {
        hook.bodies.push(JSON.parse(text) as Record<string, unknown>)
        const answer = hook.answers.shift() ?? 200
        if (answer !== 'hang') response.writeHead(answer).end('ok')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const hook = new Webhook(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/CANARYpath123`)
    return hook
  }
  async got(count: number): Promise<void> {
    while (this.bodies.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  close(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }
}

/** Timers that run when the test says so; sleeps are real, closing waits on them. */
class HandTimers implements Timers {
  readonly waiting: { ms: number; run: () => void }[] = []
  after(ms: number, run: () => void): Timer {
    const entry = { ms, run }
    this.waiting.push(entry)
    return { cancel: () => void this.waiting.splice(this.waiting.indexOf(entry) >>> 0, 1) }
  }
  every(): Timer {
    return { cancel: () => {} }
  }
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms)
    })
  }
  /** Runs the first that waits for exactly `ms`, as soon as there is one. */
  async fire(ms: number): Promise<void> {
    for (;;) {
      const at = this.waiting.findIndex((entry) => entry.ms === ms)
      if (at >= 0) return this.waiting.splice(at, 1)[0]?.run()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}

const WINDOW_MS = 300_000
let hook: Webhook
let http: ReturnType<typeof createAxiosTransport>
let timers: HandTimers
let log: MemoryLog
let metrics: MemoryMetrics
let alerts: Alerts

const make = (more: Partial<AlertsOptions> = {}): Alerts =>
  createAlerts({
    environment: 'production',
    webhookUrl: { reveal: () => hook.url },
    windowMs: WINDOW_MS,
    mute: [],
    scrub: (text) => text.replaceAll('CANARY', '[redacted]'),
    http,
    clock: { nowMs: () => Date.UTC(2026, 10, 24) },
    timers,
    log,
    metrics,
    ...more,
  })
const delivered = (outcome: string) =>
  metrics.samples.filter((sample) => sample.name === 'alerts_delivered_total' && sample.labels['outcome'] === outcome)

beforeEach(async () => {
  hook = await Webhook.open()
  http = createAxiosTransport()
  timers = new HandTimers()
  log = new MemoryLog()
  metrics = new MemoryMetrics()
  alerts = make()
})
afterEach(async () => {
  await alerts.close()
  http.close()
  await hook.close()
})

describe('an alert', () => {
  it('goes to webhook, log and metric, as a message that chat programs show', async () => {
    alerts.raise({ kind: 'key', subject: 'account', text: 'The key CANARY was refused' })
    await hook.got(1)
    expect(hook.bodies[0]).toEqual({
      text: '[tidegate production] The key [redacted] was refused',
      kind: 'key',
      subject: 'account',
      environment: 'production',
      count: 1,
      at: '2026-11-24T00:00:00.000Z',
    })
    expect(log.entries.filter(({ event }) => event === 'alert')).toMatchObject([
      { level: 'error', fields: { kind: 'key' } },
    ])
    expect(metrics.samples).toContainEqual({ kind: 'count', name: 'alerts_total', value: 1, labels: { kind: 'key' } })
  })

  it('is sent once per subject and window; the rest is counted and told of when the window closes', async () => {
    for (const text of ['It failed', 'a', 'b', 'c', 'and again'])
      alerts.raise({ kind: 'venue', subject: 'get_order', text })
    alerts.raise({ kind: 'venue', subject: 'list_orders', text: 'It failed too' })
    alerts.raise({ kind: 'key', subject: 'get_order', text: 'Another kind' })
    await hook.got(3)
    expect(hook.bodies.map(({ subject, count }) => [subject, count])).toEqual([
      ['get_order', 1],
      ['list_orders', 1],
      ['get_order', 1],
    ])
    await timers.fire(WINDOW_MS)
    await hook.got(4)
    expect(hook.bodies[3]).toMatchObject({ subject: 'get_order', count: 4 })
    expect(hook.bodies[3]?.['text']).toMatch(/and again \(4 more in 300 s\)/)
    // A quiet window says nothing, and the next happening is sent at once again.
    await timers.fire(WINDOW_MS)
    alerts.raise({ kind: 'venue', subject: 'get_order', text: 'It failed' })
    await hook.got(5)
    expect(hook.bodies[4]).toMatchObject({ count: 1, text: '[tidegate production] It failed' })
  })

  it('that is muted is logged and counted, not sent', async () => {
    alerts = make({ mute: ['venue'] })
    alerts.raise({ kind: 'venue', subject: 'a', text: 'muted' })
    alerts.raise({ kind: 'key', subject: 'a', text: 'loud' })
    await hook.got(1)
    expect(hook.bodies.map(({ kind }) => kind)).toEqual(['key'])
    expect(metrics.samples.filter(({ name }) => name === 'alerts_total')).toHaveLength(2)
  })
})

describe('delivery', () => {
  it('tries again after growing pauses while the webhook is in trouble, and gives up after the fourth try', async () => {
    hook.answers.push(500, 503, 429)
    alerts.raise({ kind: 'key', subject: 'a', text: 'first' })
    for (const ms of [1_000, 5_000, 25_000]) await timers.fire(ms)
    await hook.got(4)
    hook.answers.push(500, 500, 500, 500)
    alerts.raise({ kind: 'key', subject: 'b', text: 'second' })
    for (const ms of [1_000, 5_000, 25_000]) await timers.fire(ms)
    await hook.got(8)
    while (delivered('failed').length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(delivered('sent')).toHaveLength(1)
    expect(log.entries.find(({ event }) => event === 'alert_not_delivered')?.fields).toMatchObject({ status: 500 })
    expect(JSON.stringify(log.entries)).not.toContain('CANARYpath')
  })

  it('does not repeat what the webhook does not want', async () => {
    hook.answers.push(403)
    alerts.raise({ kind: 'key', subject: 'a', text: 'x' })
    while (delivered('refused').length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(hook.bodies).toHaveLength(1)
  })

  it('drops what comes after a hundred waiting messages, and counts it', async () => {
    hook.answers.push('hang')
    for (let index = 0; index < 110; index++) alerts.raise({ kind: 'key', subject: String(index), text: 'x' })
    // One is on its way, a hundred wait.
    expect(delivered('dropped')).toHaveLength(9)
  })

  it('is not waited for: raising and closing go on while the webhook hangs', async () => {
    hook.answers.push('hang')
    alerts.raise({ kind: 'key', subject: 'a', text: 'x' })
    await hook.got(1)
    const order: string[] = []
    const closed = alerts.close().then(() => order.push('closed'))
    const late = timers.sleep(1_500).then(() => order.push('a second and a half'))
    await Promise.all([closed, late])
    expect(order).toEqual(['closed', 'a second and a half'])
  })

  it('on closing sends what the windows still hold', async () => {
    alerts.raise({ kind: 'key', subject: 'a', text: 'x' })
    alerts.raise({ kind: 'key', subject: 'a', text: 'x' })
    await alerts.close()
    expect(hook.bodies.map(({ count }) => count)).toEqual([1, 1])
  })
})

describe('the test command', () => {
  it('says what became of the message', async () => {
    expect(await alerts.test()).toMatchObject({ ok: true, webhook: 'sent', status: 200 })
    hook.answers.push(404)
    expect(await alerts.test()).toMatchObject({ ok: false, webhook: 'refused', status: 404 })
    expect(await make({ webhookUrl: undefined }).test()).toMatchObject({ ok: false, webhook: 'not configured' })
    await hook.close()
    const gone = await alerts.test()
    expect(gone).toMatchObject({ ok: false, webhook: 'failed' })
    expect(gone.reason).toMatch(/^ECONN/)
    hook = await Webhook.open()
  })
})

describe('the table of happenings', () => {
  const samples: readonly (readonly [string, Record<string, unknown>, string | undefined])[] = [
    [
      'mode_changed',
      { scope: 'account', from: 'ACTIVE', to: 'HALTED', by: 'desk', reason: '3 orders are in doubt' },
      'breaker',
    ],
    ['mode_changed', { scope: 'account', from: 'HALTED', to: 'ACTIVE', by: 'operator', reason: 'fine' }, undefined],
    [
      'mode_changed',
      {
        scope: 'account',
        from: 'ACTIVE',
        to: 'HALTED',
        by: 'desk',
        reason: "our clock and the venue's are 12000 ms apart",
      },
      'clock',
    ],
    ['trip_failed', { held: [{ scope: 'account', mode: 'HALTED', reason: 'x' }] }, 'store'],
    ['trip_lost', { scope: 'account', mode: 'HALTED', reason: 'x' }, 'breaker'],
    ['halt_file_found', { reason: 'x' }, 'halt_file'],
    ['halt_unproven', { doubtful: ['i'] }, 'halt_unproven'],
    ['order_quarantined', { intent_id: 'i', difference: 'x' }, 'quarantine'],
    ['records_differ', { problem: 'x' }, 'records'],
    ['ledger_differs', { differences: ['x'] }, 'records'],
    ['order_from_outside', { product: 'BTC-USD' }, 'external_order'],
    ['order_surfaced', { intent_id: 'i' }, 'late_order'],
    ['edit_surfaced', { intent_id: 'i' }, 'late_order'],
    ['order_of_dead_intent', { intent_id: 'i', state: 'DENIED' }, 'late_order'],
    ['audit_failed', { error: new Error('x') }, 'audit'],
    ['audit_head_not_written', { path: '/x' }, 'audit'],
    ['audit_head_not_posted', { host: 'x' }, 'audit'],
    ['intent_not_recorded', {}, 'store'],
    ['outcome_not_recorded', {}, 'store'],
    ['cancel_not_spooled', {}, 'disk'],
    ['disk_nearly_full', { problem: 'x' }, 'disk'],
    ['log_file_unavailable', { file: '/x' }, 'disk'],
    ['key_refused', { error: new Error('x') }, 'key'],
    ['api_error', { error_code: 'ERR_VENUE_AUTH', endpoint: 'e' }, 'key'],
    ['api_error', { error_code: 'ERR_VENUE_PROTOCOL', endpoint: 'e' }, 'venue'],
    // Waiting cures these: the specification reconnects and sleeps.
    ['api_error', { error_code: 'ERR_VENUE_RATE_LIMIT', endpoint: 'e' }, undefined],
    ['api_error', { error_code: 'ERR_VENUE_REJECTED', endpoint: 'e' }, undefined],
    ['policy_loosening_waits', { version: 'ab', limits: ['max_order_value_usd'], how: 'x' }, 'limits'],
    ['policy_tightened', { by: 'ops', changes: [] }, 'limits'],
    ['policy_not_reloaded', { file: '/x', error: new Error('x') }, 'limits'],
    ['desk_replaced', { reason: 'x' }, 'ownership'],
    ['lease_lapsed', {}, 'ownership'],
    ['desk_start_failed', {}, 'bug'],
    ['invariant_broken', { intent_id: 'i' }, 'bug'],
    ['gateway_dead', { last_seen: 'x' }, 'watchdog'],
    ['watchdog_acted', { cancelled: 2, all_gone: true }, 'watchdog'],
    ['watchdog_cannot_reach_venue', {}, 'watchdog'],
    ['halt_not_written', {}, 'watchdog'],
    ['order_placed', {}, undefined],
  ]

  it.each(samples)('%s %j calls for %s', (event, fields, kind) => {
    const raised: unknown[] = []
    const watched = alertingLog(log, { ...alerts, raise: (alert) => void raised.push(alert.kind) })
    watched.warn(event, fields)
    expect(raised).toEqual(kind === undefined ? [] : [kind])
    expect(log.entries.at(-1)).toEqual({ level: 'warn', event, fields })
  })

  it('has a sample for every event, and a happening for every kind', () => {
    const covered = new Set(samples.map(([event]) => event))
    expect(Object.keys(alertRules).filter((event) => !covered.has(event))).toEqual([])
    const kinds = new Set([...samples.map(([, , kind]) => kind), 'unknown_orders'])
    expect(ALERT_KINDS.filter((kind) => !kinds.has(kind))).toEqual([])
  })

  it('knows only events that the product logs', () => {
    const packages = fileURLToPath(new URL('../../../', import.meta.url))
    const sources = readdirSync(packages, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\/src\/.*\.ts$/.test(name) && !/node_modules|\.test\.ts$|alert-table/.test(name))
      .map((name) => readFileSync(join(packages, name), 'utf8'))
      .join('\n')
    const unknown = Object.keys(alertRules).filter((event) => !sources.includes(`'${event}'`))
    expect(unknown).toEqual([])
  })

  it('calls when more orders are in doubt than allowed, not when as many are', () => {
    const raised: string[] = []
    const watched = alertingMetrics(metrics, { ...alerts, raise: (alert) => void raised.push(alert.text) }, 2)
    for (const value of [0, 2]) watched.gauge('orders_unknown', value)
    expect(raised).toEqual([])
    watched.gauge('orders_unknown', 3)
    expect(raised).toHaveLength(1)
    expect(metrics.samples.filter(({ name }) => name === 'orders_unknown')).toHaveLength(3)
  })
})
