import { describe, expect, it } from 'vitest'
import { type AxisReport, compareRates, isGood } from './report.js'

const rates = (name: string, ...perRound: number[]) => ({ name, version: '1.0.0', perRound })
const compare = (ours: number[], peers: number[][], atLeast?: number) =>
  compareRates({
    axis: 'x',
    unit: 'y',
    ours: { name: 'ours', perRound: ours },
    peers: peers.map((peer, index) => rates(`peer ${index}`, ...peer)),
    limit: rates('limit', ...ours.map((rate) => rate * 2)),
    atLeast,
  })
const document = (...axes: AxisReport[]) => ({ schema: 'tidegate.bench/1', node: 'v20', axes }) as const

describe('ratios', () => {
  it('are taken round by round, so that a slow moment of the machine meets both sides', () => {
    // The machine is ten times slower in the second round; the ratio is not.
    expect(compare([500, 50, 520], [[100, 10, 100]]).oursOverBestPeer).toBe(5)
  })

  it('take the peer that was fastest in that very round', () => {
    const report = compare(
      [100, 100, 100],
      [
        [50, 20, 50],
        [20, 50, 20],
      ],
    )
    expect(report.oursOverBestPeer).toBe(2)
    expect(report.ratios.bestPeer).toEqual({ median: 2, min: 2, max: 2 })
    expect(report.oursOverLimit).toBe(0.5)
  })

  it('are absent where there is nobody to compare with', () => {
    expect(compare([1], [])).toMatchObject({ oursOverBestPeer: null, target: null, peers: [] })
  })
})

describe('targets', () => {
  it('are met by the median, at the target itself too', () => {
    expect(compare([400, 100, 900], [[100, 100, 100]], 4).target).toEqual({
      of: 'oursOverBestPeer',
      atLeast: 4,
      met: true,
    })
    expect(compare([399, 100, 900], [[100, 100, 100]], 4).target?.met).toBe(false)
  })

  it('decide together with every claim what the command answers', () => {
    const met = compare([400], [[100]], 4)
    const missed = compare([399], [[100]], 4)
    const broken = { ...met, claims: [{ claim: 'lag does not grow', held: false, observed: '90 ms' }] }
    expect(isGood(document(met, compare([1], [])))).toBe(true)
    expect(isGood(document(met, missed))).toBe(false)
    expect(isGood(document(broken))).toBe(false)
  })
})
