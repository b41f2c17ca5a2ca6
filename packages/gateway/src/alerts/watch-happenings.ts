import type { Log, LogFields, Metrics } from '@tidegate/trading-model'
import { alertRules } from './alert-table.js'
import type { Alerts } from './create-alerts.js'

/** The same log; events of the table also raise an alert, whatever level the log is set to. */
export function alertingLog(log: Log, alerts: Alerts): Log {
  const watch =
    (level: keyof Log) =>
    (event: string, fields?: LogFields): void => {
      log[level](event, fields)
      const alert = Object.hasOwn(alertRules, event) ? alertRules[event]?.(fields ?? {}) : undefined
      if (alert) alerts.raise(alert)
    }
  return { debug: watch('debug'), info: watch('info'), warn: watch('warn'), error: watch('error') }
}

/** The same metrics; more than `unknownOver` orders in doubt at once raise an alert. */
export function alertingMetrics<M extends Metrics>(metrics: M, alerts: Alerts, unknownOver: number): M {
  return {
    ...metrics,
    gauge(name, value, labels) {
      metrics.gauge(name, value, labels)
      if (name !== 'orders_unknown' || value <= unknownOver) return
      alerts.raise({
        kind: 'unknown_orders',
        subject: 'account',
        text: `${value} orders are in doubt: sent, and no verdict yet (alerts.unknown_over is ${unknownOver})`,
      })
    },
  }
}
