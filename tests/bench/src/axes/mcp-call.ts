import type { Axis } from '../axis.js'
import { INTRODUCTION, type StdioProcess, servers, startStdio } from '../mcp/stdio-process.js'
import { compareRates } from '../report.js'

/** Two thirds of the echo server's calls a second: one and a half times its time. */
const atLeast = 2 / 3
const BUDGET = 'mcp:\n  max_calls_per_minute: 1000000\n'
const question = { product_ids: ['BTC-USD'] }

/** One call after the other over stdio: ours reads the live price of a product, the SDK's echo server does nothing at all. */
export const mcpCall: Axis = {
  name: 'mcp-call',
  about: 'round trips of tools/call: get_market_data for one product against a tool that gives back its arguments',
  contenders: [],
  rounds: 15,
  async run({ rounds, warmups, scale, progress }) {
    const calls = scale === 'tiny' ? 20 : 500
    // The budget of calls would measure the budget.
    const contenders = [
      { name: 'tidegate-mcp, get_market_data', server: startStdio(servers.ours(), BUDGET), tool: 'get_market_data' },
      { name: 'SDK 2.4 echo server, one file', server: startStdio(servers.echo()), tool: 'echo' },
    ]
    const perRound = contenders.map((): number[] => [])
    try {
      for (const { server, tool } of contenders) {
        await server.ask('initialize', INTRODUCTION)
        server.tell('notifications/initialized')
        // The first one waits for the gateway to open.
        await call(server, tool)
      }
      for (let round = -warmups; round < rounds; round++) {
        progress(round < 0 ? 'mcp-call: warming up' : `mcp-call: round ${round + 1} of ${rounds}`)
        for (const [place, { server, tool }] of contenders.entries()) {
          const started = process.hrtime.bigint()
          for (let index = 0; index < calls; index++) await call(server, tool)
          const seconds = Number(process.hrtime.bigint() - started) / 1e9
          if (round >= 0) perRound[place]?.push(calls / seconds)
        }
      }
    } finally {
      await Promise.all(contenders.map(({ server }) => server.kill()))
    }
    const [ours, echo] = contenders.map(({ name }, place) => ({ name, perRound: perRound[place] ?? [] }))
    if (!ours || !echo) throw new Error('nobody ran')
    const report = compareRates({
      axis: 'mcp-call',
      unit: 'calls per second, one after the other, by the clock',
      ours,
      peers: [echo],
      atLeast,
    })
    return { ...report, notes: { timesTheEcho: Number((1 / (report.oursOverBestPeer ?? 0)).toPrecision(3)) } }
  },
}

async function call(server: StdioProcess, name: string): Promise<void> {
  const { isError, content } = await server.ask('tools/call', { name, arguments: question })
  if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`)
}
