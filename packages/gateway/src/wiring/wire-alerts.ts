import { createAxiosTransport } from '@tidegate/coinbase-client'
import type { Log } from '@tidegate/trading-model'
import { type Alerts, createAlerts } from '../alerts/create-alerts.js'
import { alertingLog, alertingMetrics } from '../alerts/watch-happenings.js'
import type { Config } from '../config/config.js'
import type { MetricsStore } from '../metrics/create-metrics.js'
import type { Runtime } from '../runtime.js'
import type { Scrubber } from '../secrets/create-scrubber.js'

/** Log and metrics that also call a person. */
export interface WiredAlerts {
  readonly alerts: Alerts
  readonly log: Log
  readonly metrics: MetricsStore
  /** Sends what waits, for at most a second. */
  close(): Promise<void>
}

/** Puts the alerts between the gateway and its log and metrics. */
export function wireAlerts(deps: {
  readonly config: Config
  readonly runtime: Runtime
  readonly scrubber: Scrubber
  readonly log: Log
  readonly metrics: MetricsStore
}): WiredAlerts {
  const { config, runtime, scrubber, log, metrics } = deps
  const { webhookUrl, windowMs, mute, unknownOver } = config.alerts
  const http = createAxiosTransport({ maxBodyBytes: 65_536 })
  const alerts = createAlerts({
    environment: config.environment,
    webhookUrl,
    windowMs,
    mute,
    scrub: (text) => scrubber.scrub(text),
    http,
    clock: runtime.clock,
    timers: runtime.timers,
    log,
    metrics,
  })
  return {
    alerts,
    log: alertingLog(log, alerts),
    metrics: alertingMetrics(metrics, alerts, unknownOver),
    async close() {
      await alerts.close()
      http.close()
    },
  }
}
