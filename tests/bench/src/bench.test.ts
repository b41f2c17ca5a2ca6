import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AXES } from './axes/index.js'
import { matching } from './axes/matching.js'
import type { Contender } from './contender.js'
import { matchingWorkload } from './matching/workload.js'
import type { AxisReport } from './report.js'
import { runBench } from './run-bench.js'
import { runInterleaved } from './run-interleaved.js'

const tiny = { scale: 'tiny', progress: () => {} } as const
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The command as it is typed, on a run so small that its figures mean nothing. */
function bench(
  ...args: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['tooling/bench.mjs', ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const spread = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) }

describe('the command', () => {
  it('prints one document of the contract and nothing else, contenders in processes of their own', async () => {
    const { code, stdout, stderr } = await bench('--tiny', '--rounds', '1', '--json')
    expect([0, 1]).toContain(code)
    const document = JSON.parse(stdout) as { schema: string; axes: AxisReport[] }
    expect(document.schema).toBe('tidegate.bench/1')
    expect(document.axes.map(({ axis }) => axis)).toEqual(AXES.map(({ name }) => name))
    for (const axis of document.axes) {
      expect(Object.keys(axis)).toEqual(
        expect.arrayContaining(['peers', 'limit', 'oursOverBestPeer', 'oursOverLimit', 'target', 'rounds']),
      )
      expect(axis.ours).toMatchObject(spread)
      expect(axis.ours.median).toBeGreaterThan(0)
      expect(axis.rounds).toBeGreaterThan(0)
    }
    expect(document.axes[0]).toMatchObject({
      axis: 'matching',
      peers: [
        { name: 'nodejs-order-book', version: '10.1.1', ...spread },
        { name: 'hft-limit-order-book', version: '7.0.2', ...spread },
      ],
      limit: spread,
      oursOverBestPeer: expect.any(Number),
      target: { of: 'oursOverBestPeer', atLeast: 4 },
    })
    const fanout = document.axes.find(({ axis }) => axis === 'fanout')
    expect(fanout?.claims.find(({ claim }) => claim.includes('unbroken'))?.held).toBe(true)
    expect(Number(fanout?.notes['framesPerSecond'])).toBeGreaterThan(0)
    expect(stderr).toContain('matching')
  }, 180_000)

  it('names the axes when it does not know one', async () => {
    const { code, stdout, stderr } = await bench('--axis', 'luck')
    expect(code).toBe(2)
    expect(stdout).toBe('')
    for (const { name } of AXES) expect(stderr).toContain(name)
  }, 120_000)
})

describe('a comparison', () => {
  it('has all books come to the volume and the open orders of a plain list', async () => {
    const { axes } = await runBench([matching], { ...tiny, rounds: 2, isolated: false })
    const { volume, openOrders } = matchingWorkload(42, 'tiny').outcome
    expect(volume).toBeGreaterThan(0)
    expect(axes[0]?.notes['agreed']).toContain(`volume ${volume}, open orders ${openOrders}`)
  })

  it('fails when one contender did other work than the rest', async () => {
    const contender = (name: string, volume: number): Contender => ({
      name,
      prepare: () => () => ({ operations: 1, cpuSeconds: 1, wallSeconds: 1, outcome: { volume } }),
    })
    const options = { ...tiny, rounds: 1, warmups: 0, isolated: false }
    await expect(runInterleaved('x', [contender('a', 1), contender('b', 2)], options)).rejects.toThrow('b got')
  })

  it('gives contenders their rounds in turn', async () => {
    const turns: string[] = []
    const contender = (name: string): Contender => ({
      name,
      prepare: () => () => {
        turns.push(name)
        return { operations: 10, cpuSeconds: 2, wallSeconds: 5, outcome: {} }
      },
    })
    const options = { ...tiny, rounds: 2, warmups: 1, isolated: false }
    const { rates, wallRates } = await runInterleaved('x', [contender('a'), contender('b')], options)
    expect(turns.join('')).toBe('ababab')
    expect(rates.map(({ perRound }) => perRound)).toEqual([
      [5, 5],
      [5, 5],
    ])
    expect(wallRates[0]?.perRound).toEqual([2, 2])
  })
})

describe('the workload', () => {
  it('is the same for a seed, another for another, and of the mixture it says', () => {
    expect(matchingWorkload(1, 'tiny')).toEqual(matchingWorkload(1, 'tiny'))
    expect(matchingWorkload(1, 'tiny').outcome).not.toEqual(matchingWorkload(2, 'tiny').outcome)
    const { opening, stream, levels, outcome } = matchingWorkload(42, 'full')
    const share = (kind: string) => stream.filter((operation) => operation.kind === kind).length / stream.length
    expect(share('passive')).toBeCloseTo(0.5, 2)
    expect(share('cancel')).toBeCloseTo(0.4, 2)
    expect(share('take')).toBeCloseTo(0.1, 2)
    expect(opening).toHaveLength(5_700)
    expect(levels).toBeGreaterThan(1_300)
    expect(Math.abs(outcome.openOrders - opening.length)).toBeLessThan(600)
  })
})
