import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Axis } from '../axis.js'
import type { RunOptions } from '../contender.js'
import type { LagWindow, ReceiversReport } from '../fanout/receivers.js'
import type { ServerReport } from '../fanout/server.js'
import { type FanoutShape, fanoutShape } from '../fanout/shape.js'
import type { AxisReport, Claim } from '../report.js'
import { slopeOf, spreadOf } from '../statistics.js'

/** Lag may wander by so much over the whole run before it counts as growing. */
const wanderMs = 25
/** Of all sockets together; a healthy loopback holds next to nothing. */
const mostWaitingBytes = 4 * 1_048_576

/** Many sockets, many products, real WebSockets, receivers in another process: does the lag stay where it is? */
export const fanout: Axis = {
  name: 'fanout',
  about: '100 products at 20 book updates a second each, to 50 sockets of 10 products',
  contenders: [],
  rounds: 1,
  async run(options) {
    const shape = fanoutShape(options.scale)
    options.progress(`fanout: ${shape.sockets} sockets, ${shape.warmupSeconds + shape.seconds} s`)
    const { server, receivers } = await runOnce(shape, options)
    return reportOf(shape, server, receivers)
  },
}

async function runOnce(shape: FanoutShape, { scale }: RunOptions) {
  const server = fork(process.argv[1] ?? '', ['--fanout-server', scale])
  const receivers = fork(process.argv[1] ?? '', ['--receivers', scale])
  try {
    const [[address]] = await Promise.all([next(server), next(receivers)])
    receivers.send(address as object)
    await next(receivers)
    server.send('go')
    const [serverReport] = (await next(server)) as [ServerReport]
    // What is still on its way arrives within the next half second, or the receivers do not have it.
    await new Promise((resolve) => setTimeout(resolve, 500))
    receivers.send('report')
    const [receiversReport] = (await next(receivers)) as [ReceiversReport]
    return { server: serverReport, receivers: receiversReport, shape }
  } finally {
    server.kill()
    receivers.kill()
  }
}

async function next(child: ChildProcess): Promise<unknown[]> {
  const ended = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(() => {
        throw new Error('fanout: a process ended before its time')
      }),
    ])
  } finally {
    ended.abort()
  }
}

/** Turns what both processes saw into the axis's report. */
export function reportOf(shape: FanoutShape, server: ServerReport, receivers: ReceiversReport): AxisReport {
  const windows = receivers.windows.filter(
    ({ second }) => second >= shape.warmupSeconds && second < shape.warmupSeconds + shape.seconds,
  )
  const medians = windows.map(({ p50 }) => p50)
  const claims = claimsOf(shape, windows, server, receivers)
  return {
    axis: 'fanout',
    unit: 'ms from the moment an update was due to its arrival, medians of one-second windows',
    ours: { name: 'paper exchange, level2', ...spreadOf(medians) },
    peers: [],
    limit: null,
    oursOverBestPeer: null,
    oursOverLimit: null,
    target: { of: 'claims', atLeast: 1, met: claims.every(({ held }) => held) },
    rounds: windows.length,
    ratios: { bestPeer: null, limit: null },
    claims,
    notes: {
      lagSlopeMsPerSecond: rounded(lagSlope(windows)),
      lagP99Ms: rounded(Math.max(...windows.map(({ p99 }) => p99))),
      framesPerSecond: Math.round(windows.reduce((sum, { frames }) => sum + frames, 0) / Math.max(1, windows.length)),
      megabytesReceived: rounded(receivers.bytes / 1_048_576),
      serverCpuShare: rounded(server.cpuShare),
      receiversCpuShare: rounded(receivers.cpuShare),
      serverRssGrowthMb: rounded(server.rssGrowthMb),
      mostWaitingBytes: Math.max(0, ...server.waitingBytes),
    },
  }
}

function claimsOf(
  shape: FanoutShape,
  windows: readonly LagWindow[],
  server: ServerReport,
  receivers: ReceiversReport,
): readonly Claim[] {
  const growthMs = lagSlope(windows) * shape.seconds
  const expected = shape.products * shape.updatesPerSecond * shape.seconds
  const late = server.waitingBytes.slice(Math.floor(server.waitingBytes.length / 2))
  const waiting = Math.max(0, ...late)
  return [
    {
      claim: 'lag does not grow over the run',
      held: windows.length > 0 && growthMs < wanderMs,
      observed: `${rounded(growthMs)} ms over ${shape.seconds} s, ${wanderMs} allowed`,
    },
    {
      claim: 'send buffers do not grow',
      held: waiting <= mostWaitingBytes,
      observed: `at most ${waiting} bytes wait in the second half, all sockets together`,
    },
    {
      claim: 'the whole load was offered',
      held: server.updatesOffered >= expected * 0.98,
      observed: `${server.updatesOffered} of ${expected} book updates`,
    },
    {
      claim: 'every socket got an unbroken sequence',
      held: receivers.sequenceGaps === 0,
      observed: `${receivers.sequenceGaps} gaps`,
    },
  ]
}

function lagSlope(windows: readonly LagWindow[]): number {
  return slopeOf(windows.map(({ second, p50 }) => [second, p50] as const))
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
