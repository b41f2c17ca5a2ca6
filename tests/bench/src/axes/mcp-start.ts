import type { Axis } from '../axis.js'
import { INTRODUCTION, servers, startStdio } from '../mcp/stdio-process.js'
import { compareRates } from '../report.js'

/** Half as many starts a second as the bare server: twice its time. */
const atLeast = 0.5

const contenders = [
  { name: 'tidegate-mcp', file: servers.ours },
  { name: 'SDK 2.4 echo server, one file', file: servers.echo },
  { name: 'no library', file: servers.noLibrary },
] as const

/** From the start of the process to the answer to `initialize`, by the clock, as a host waits for it. */
export const mcpStart: Axis = {
  name: 'mcp-start',
  about: 'spawn of the stdio server to its first answer, each start with an empty home',
  contenders: [],
  rounds: 15,
  async run({ rounds, warmups, progress }) {
    const perRound = contenders.map((): number[] => [])
    for (let round = -warmups; round < rounds; round++) {
      progress(round < 0 ? 'mcp-start: warming up' : `mcp-start: round ${round + 1} of ${rounds}`)
      for (const [place, { file }] of contenders.entries()) {
        const seconds = await secondsToAnswer(file())
        if (round >= 0) perRound[place]?.push(1 / seconds)
      }
    }
    const [ours, echo, bare] = contenders.map(({ name }, place) => ({ name, perRound: perRound[place] ?? [] }))
    if (!ours || !echo) throw new Error('nobody ran')
    const report = compareRates({
      axis: 'mcp-start',
      unit: 'starts per second, by the clock',
      ours,
      peers: [echo],
      limit: bare,
    })
    const ratio = report.oursOverLimit ?? 0
    return {
      ...report,
      target: { of: 'oursOverLimit', atLeast, met: ratio >= atLeast },
      notes: { timesTheBareServer: Number((1 / ratio).toPrecision(3)) },
    }
  },
}

async function secondsToAnswer(file: string): Promise<number> {
  const started = process.hrtime.bigint()
  const server = startStdio(file)
  try {
    await server.ask('initialize', INTRODUCTION)
    return Number(process.hrtime.bigint() - started) / 1e9
  } finally {
    await server.kill()
  }
}
