import type { Axis } from './axis.js'
import type { RunOptions } from './contender.js'
import type { BenchDocument } from './report.js'

/** Runs axes one after the other: nothing runs beside a measurement. */
export async function runBench(
  axes: readonly Axis[],
  options: Pick<RunOptions, 'scale' | 'progress'> & {
    readonly rounds?: number | undefined
    /** Default true. */
    readonly isolated?: boolean
  },
): Promise<BenchDocument> {
  const { scale, progress, isolated = true } = options
  const reports = []
  for (const axis of axes) {
    const rounds = options.rounds ?? axis.rounds
    reports.push(await axis.run({ scale, rounds, warmups: scale === 'tiny' ? 0 : 3, isolated, progress }))
  }
  return { schema: 'tidegate.bench/1', node: process.version, axes: reports }
}
