import { expect, it } from 'vitest'
import { fanoutShape } from '../fanout/shape.js'
import { isGood } from '../report.js'
import { reportOf } from './fanout.js'

const shape = fanoutShape('full')

/** A run in which everything went well, but for what is said. */
function run(options: { lagAt?: (second: number) => number; waiting?: number; offered?: number; gaps?: number }) {
  const { lagAt = () => 55, waiting = 0, offered = 20_000, gaps = 0 } = options
  const windows = Array.from({ length: shape.warmupSeconds + shape.seconds }, (_, second) => ({
    second,
    frames: 9_700,
    p50: lagAt(second),
    p99: lagAt(second) + 20,
  }))
  return reportOf(
    shape,
    {
      cpuShare: 0.3,
      waitingBytes: Array.from({ length: 100 }, () => waiting),
      updatesOffered: offered,
      rssGrowthMb: 1,
    },
    { windows, sequenceGaps: gaps, bytes: 1e8, cpuShare: 0.1 },
  )
}

const broken = (report: ReturnType<typeof run>) => report.claims.flatMap(({ claim, held }) => (held ? [] : [claim]))

it('holds while the lag only wanders', () => {
  const report = run({ lagAt: (second) => 55 + (second % 3) * 4 })
  expect(broken(report)).toEqual([])
  expect(report.target?.met).toBe(true)
})

it('does not count the warm-up', () => {
  const report = run({ lagAt: (second) => (second < shape.warmupSeconds ? 5_000 : 55) })
  expect(report.ours).toMatchObject({ median: 55, min: 55, max: 55 })
  expect(broken(report)).toEqual([])
})

it('notices lag that grows by a few milliseconds every second', () => {
  const report = run({ lagAt: (second) => 55 + 4 * second })
  expect(broken(report)).toEqual(['lag does not grow over the run'])
  expect(isGood({ schema: 'tidegate.bench/1', node: '', axes: [report] })).toBe(false)
})

it('notices bytes that pile up, load that was not offered, and holes in a sequence', () => {
  expect(broken(run({ waiting: 50_000_000 }))).toEqual(['send buffers do not grow'])
  expect(broken(run({ offered: 15_000 }))).toEqual(['the whole load was offered'])
  expect(broken(run({ gaps: 1 }))).toEqual(['every socket got an unbroken sequence'])
})
