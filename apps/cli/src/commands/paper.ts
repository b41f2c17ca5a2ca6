import { resolve } from 'node:path'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'
import { addPaperRecordCommand } from './paper-record.js'

/** Everything but the global flags is read by the gateway, which takes what `npx @tidegate/paper-exchange` takes. */
type Flags = GlobalFlags & Readonly<Record<string, string | boolean | undefined>>

/** `tidegate paper`: the exchange alone, for other people's clients; `tidegate paper record`: tapes for it. */
export function addPaperCommands(program: Command): void {
  const paper = acceptGlobalFlags(program.command('paper'))
    .description('a paper exchange alone, for other Coinbase clients and bots')
    .option('--port <port>', 'one port for REST and WebSocket; 0 picks a free one')
    .option('--host <address>', 'default 127.0.0.1; anything else opens the exchange to the network')
    .option('--control-port <port>', 'port of the control endpoint; 0 (default) picks a free one')
    .option('--products <ids>', 'what is listed, e.g. BTC-USD,ETH-USD')
    .option('--balances <amounts>', 'paid in at the first start, e.g. USD=1000,BTC=0.5')
    .option('--prices <source>', 'synthetic, live, or tape:FILE')
    .option('--seed <number>', 'of the synthetic market')
    .option('--speed <factor>', 'how fast time passes, e.g. 60; stepped: only when control says so')
    .option('--state <folder>', 'keep orders, balances and key there instead of in the home')
    .option('--tls', 'serve https and wss with a self-signed certificate')
    .option('--strict', 'take only tokens that production would take, host and all; most clients need --tls with it')
    .option('--lenient', 'take every dialect that clients are known to speak (default)')
    .option('--faults <file>', 'what is to go wrong, and when: YAML or JSON')
  paper.action(async () => {
    process.exitCode = await servePaper(paper.optsWithGlobals<Flags>())
  })
  addPaperRecordCommand(paper)
}

async function servePaper(flags: Flags): Promise<number> {
  const { json, home, config: file, environment: _environment, controlPort, ...rest } = flags
  const given = { ...(home === undefined ? {} : { home }), ...(file === undefined ? {} : { config: file }) }
  const config = await readConfig({ ...given, environment: 'paper' })
  const { openPaperExchange } = await import('@tidegate/gateway')
  const paper = await openPaperExchange(config, {
    flags: { ...rest, ...(typeof controlPort === 'string' ? { 'control-port': controlPort } : {}) },
    absolute: (path) => resolve(path),
  })
  try {
    createOutput(json === true).result({ ...paper.ready }, json === true ? [] : paper.page())
    await untilStopped()
    return EXIT.ok
  } finally {
    await paper.close()
  }
}
