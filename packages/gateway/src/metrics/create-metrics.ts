import type { Labels, Metrics } from '@tidegate/trading-model'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type MetricDefinition, metricDefinitions } from './metric-definitions.js'

/** Label values are cut at this length. */
const MAX_LABEL_LENGTH = 100
/** Series per metric; what comes after is counted under `other`, so that no caller can fill the memory. */
const MAX_SERIES = 500

/** Metrics that can be read back in the Prometheus text format. */
export interface MetricsStore extends Metrics {
  text(): Promise<string>
}

interface Series {
  readonly definition: MetricDefinition
  readonly counter?: Counter
  readonly gauge?: Gauge
  readonly histogram?: Histogram
  readonly seen: Set<string>
}

/**
 * Makes the metrics of a process: the specification's names are there from the start, other names as they are first used.
 * Never throws: a wrong label or value is mended or left out.
 *
 * @param scrub - Masks secrets in label values.
 */
export function createMetrics(scrub: (text: string) => string = (text) => text): MetricsStore {
  const registry = new Registry()
  const all = new Map<string, Series>()

  const register = (name: string, definition: MetricDefinition): Series => {
    const common = { name, help: definition.help, labelNames: [...definition.labels], registers: [registry] }
    const series: Series = {
      definition,
      seen: new Set(),
      ...(definition.kind === 'counter' ? { counter: new Counter(common) } : {}),
      ...(definition.kind === 'gauge' ? { gauge: new Gauge(common) } : {}),
      ...(definition.kind === 'histogram'
        ? {
            histogram: new Histogram({
              ...common,
              ...(definition.buckets ? { buckets: [...definition.buckets] } : {}),
            }),
          }
        : {}),
    }
    all.set(name, series)
    return series
  }
  for (const [name, definition] of Object.entries(metricDefinitions)) register(name, definition)
  collectDefaultMetrics({ register: registry })

  const find = (name: string, kind: MetricDefinition['kind'], labels: Labels): Series | undefined => {
    const found = all.get(name)
    if (found) return found
    if (!/^[a-z][a-z0-9_]*$/.test(name)) return undefined
    return register(name, { kind, help: name.replaceAll('_', ' '), labels: Object.keys(labels) })
  }

  const fit = (series: Series, labels: Labels): Record<string, string> => {
    const fitted: Record<string, string> = {}
    for (const label of series.definition.labels) {
      fitted[label] = scrub(String(labels[label] ?? '')).slice(0, MAX_LABEL_LENGTH)
    }
    const key = JSON.stringify(fitted)
    if (series.seen.has(key)) return fitted
    if (series.seen.size >= MAX_SERIES) {
      return Object.fromEntries(series.definition.labels.map((label) => [label, 'other']))
    }
    series.seen.add(key)
    return fitted
  }

  return {
    count(name, labels = {}, by = 1) {
      const series = find(name, 'counter', labels)
      if (!series || !Number.isFinite(by) || by < 0) return
      series.counter?.inc(fit(series, labels), by)
    },
    observe(name, value, labels = {}) {
      const series = find(name, 'histogram', labels)
      if (!series || !Number.isFinite(value)) return
      series.histogram?.observe(fit(series, labels), value)
    },
    gauge(name, value, labels = {}) {
      const series = find(name, 'gauge', labels)
      if (!series || !Number.isFinite(value)) return
      series.gauge?.set(fit(series, labels), value)
    },
    text: () => registry.metrics(),
  }
}
