import type { Contender, RunOptions } from './contender.js'
import type { AxisReport } from './report.js'

/** One question that the bench answers. */
export interface Axis {
  readonly name: string
  /** What it measures, in a sentence. */
  readonly about: string
  /** Those who run in processes of their own; empty for an axis that has its own way. */
  readonly contenders: readonly Contender[]
  readonly rounds: number
  run(options: RunOptions): Promise<AxisReport>
}
