import type { Setting } from './settings.js'
import { readOptionalText, readSeconds } from './value-readers.js'

/** Numbers for who scrapes no port: a text file, as node_exporter's textfile collector reads it. */
export const metricSettings = {
  metricsTextfile: { path: 'metrics.textfile', read: readOptionalText, fallback: undefined } as Setting<
    string | undefined
  >,
  metricsTextfileMs: { path: 'metrics.textfile_seconds', read: readSeconds(100, 3_600_000), fallback: 15_000 },
} as const
