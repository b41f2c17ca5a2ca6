import type { TradingDesk } from '@tidegate/trading-desk'
import type { Log } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import type { MetricsStore } from './create-metrics.js'
import { followPositions } from './follow-positions.js'
import { writeTextfile } from './write-textfile.js'

/** The metrics as others read them: positions are valued first, and a configured file is kept up to date. */
export function publishMetrics(deps: {
  readonly config: Config
  readonly desk: TradingDesk
  readonly metrics: MetricsStore
  readonly runtime: Runtime
  readonly log: Log
  readonly closers: (() => Promise<void> | void)[]
}): MetricsStore {
  const { config, desk, metrics, runtime, log, closers } = deps
  const { timers, disk } = runtime
  const gauges = followPositions(desk, timers, log)
  const text = async (): Promise<string> => {
    await gauges.refresh()
    return metrics.text()
  }
  const { textfile, textfileMs } = config.metrics
  if (textfile !== undefined) {
    closers.push(writeTextfile({ path: textfile, everyMs: textfileMs, text, disk, timers, log }))
  }
  // Closed before the file is written for the last time: nothing is asked of a venue any more.
  closers.push(() => gauges.close())
  return { ...metrics, text }
}
