import type { Clock, Environment, HttpTransport, Log, Metrics, Timer, Timers } from '@tidegate/trading-model'
import type { Alert, AlertKind } from './alert-table.js'
import { createDelivery, type Delivery } from './deliver-alert.js'

/** Subjects watched at once; for one more the oldest window closes early. */
const MAX_WINDOWS = 500

export interface AlertsOptions {
  readonly environment: Environment
  /** https, or http to this machine; absent: log and metric only. */
  readonly webhookUrl?: { reveal(): string } | undefined
  /** Repeats about the same thing within this time are counted and told of once, at its end. */
  readonly windowMs: number
  readonly mute: readonly AlertKind[]
  readonly scrub: (text: string) => string
  readonly http: HttpTransport
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}

/** Tells a person what happened: in the log, in the metrics, and to a webhook. Never throws, and nobody waits for it. */
export interface Alerts {
  raise(alert: Alert): void
  /** Sends one now, past mutes and windows, and says what became of it. */
  test(): Promise<TestReport>
  /** Sends what waits, for at most a second. */
  close(): Promise<void>
}

export interface TestReport {
  readonly ok: boolean
  readonly webhook: Delivery['outcome'] | 'not configured'
  readonly status?: number
  readonly ms: number
  readonly reason?: string
}

interface Window {
  /** The latest: what repeats may have grown worse. */
  alert: Alert
  repeats: number
  readonly timer: Timer
}

/**
 * Makes the alerts of a process. The first about a subject is sent at once; its repeats within the window are counted and reported
 * in one message when the window closes.
 *
 * - Wire: `POST` of `{"text", "kind", "subject", "environment", "count", "at"}` to the webhook; chat programs that take Slack's
 *   incoming webhooks show `text`.
 *
 * @example
 * const alerts = createAlerts({ webhookUrl, windowMs: 300_000, mute: [], … })
 * alerts.raise({ kind: 'key', subject: 'account', text: 'The key was refused' })
 */
export function createAlerts(options: AlertsOptions): Alerts {
  const { clock, timers, log, metrics, scrub, environment } = options
  const windows = new Map<string, Window>()
  const { webhookUrl } = options
  const delivery = webhookUrl && createDelivery({ ...options, url: () => webhookUrl.reveal() })

  const bodyOf = (alert: Alert, count: number, text: string): string =>
    JSON.stringify({
      text: scrub(`[tidegate ${environment}] ${text}`),
      kind: alert.kind,
      subject: scrub(alert.subject),
      environment,
      count,
      at: new Date(clock.nowMs()).toISOString(),
    })

  const tell = (alert: Alert, count: number, text: string): void => {
    log.error('alert', { kind: alert.kind, subject: alert.subject, text, count })
    if (!options.mute.includes(alert.kind)) delivery?.send(bodyOf(alert, count, text))
  }

  const closeWindow = (key: string): void => {
    const window = windows.get(key)
    windows.delete(key)
    window?.timer.cancel()
    if (!window || window.repeats === 0) return
    const { alert, repeats } = window
    const seconds = Math.round(options.windowMs / 1_000)
    tell(alert, repeats, `${alert.text} (${repeats} more in ${seconds} s)`)
  }

  return {
    raise(alert) {
      metrics.count('alerts_total', { kind: alert.kind })
      const key = `${alert.kind}\u0000${alert.subject}`
      const open = windows.get(key)
      if (open) {
        open.repeats++
        open.alert = alert
        return
      }
      const oldest = windows.size < MAX_WINDOWS ? undefined : windows.keys().next().value
      if (oldest !== undefined) closeWindow(oldest)
      windows.set(key, { alert, repeats: 0, timer: timers.after(options.windowMs, () => closeWindow(key)) })
      tell(alert, 1, alert.text)
    },
    async test() {
      const alert: Alert = { kind: 'bug', subject: 'test', text: 'This is a test: alerts arrive' }
      log.info('alert_test', { text: alert.text })
      if (!delivery) {
        return {
          ok: false,
          webhook: 'not configured',
          ms: 0,
          reason: 'alerts.webhook_url is not set: alerts go to log and metric only',
        }
      }
      const startedAtMs = clock.nowMs()
      const result = await delivery.sendOnce(bodyOf({ ...alert }, 1, alert.text))
      return {
        ok: result.outcome === 'sent',
        webhook: result.outcome,
        ...(result.status === undefined ? {} : { status: result.status }),
        ms: clock.nowMs() - startedAtMs,
        ...(result.reason === undefined ? {} : { reason: scrub(result.reason) }),
      }
    },
    async close() {
      for (const key of windows.keys()) closeWindow(key)
      await delivery?.close()
    },
  }
}
