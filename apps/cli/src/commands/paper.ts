import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config, PaperExtras } from '@tidegate/gateway'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'
import { addPaperRecordCommand } from './paper-record.js'

interface PaperFlags extends GlobalFlags {
  readonly port: string
  readonly seed?: string
  readonly prices?: string
  readonly faults?: string
  readonly controlPort: string
  readonly tls?: boolean
  readonly strict?: boolean
}

/** `tidegate paper`: the exchange alone, for other people's clients; `tidegate paper record`: tapes for it. */
export function addPaperCommands(program: Command): void {
  const paper = acceptGlobalFlags(program.command('paper'))
    .description('a paper exchange alone, for other Coinbase clients and bots')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', '0')
    .option('--seed <seed>', 'seed of the synthetic market')
    .option('--prices <source>', 'synthetic, live, or tape:FILE')
    .option('--faults <file>', 'what is to go wrong, and when: YAML or JSON')
    .option('--control-port <port>', 'port of the control endpoint; 0 picks a free one', '0')
    .option('--tls', 'serve https and wss with a self-signed certificate')
    .option('--strict', 'take only tokens as the documentation shows them')
  paper.action(async () => {
    process.exitCode = await servePaper(paper.optsWithGlobals<PaperFlags>())
  })
  addPaperRecordCommand(paper)
}

async function servePaper(flags: PaperFlags): Promise<number> {
  const config = await readConfig(
    { ...flags, environment: 'paper' },
    flags.prices === undefined ? {} : { prices: absolute(flags.prices) },
  )
  const { openPaperExchange } = await import('@tidegate/gateway')
  const paper = await openPaperExchange(config, {
    port: Number(flags.port),
    ...(flags.seed === undefined ? {} : { seed: Number(flags.seed) }),
    extras: await extrasOf(flags),
  })
  try {
    const control = paper.control ? { url: paper.control.url, token: paper.control.token } : null
    const certificate = paper.certificateFile === undefined ? {} : { certificateFile: paper.certificateFile }
    const ready = { rest: paper.restUrl, ws: paper.wsUrl, keyFile: paper.keyFile, control, ...certificate }
    createOutput(flags.json === true).result(ready, [
      'A paper exchange that speaks the Coinbase Advanced Trade protocol:',
      `  REST         ${ready.rest}`,
      `  WebSocket    ${ready.ws}`,
      `  key file     ${ready.keyFile}`,
      ...(paper.certificateFile === undefined ? [] : [`  certificate  ${paper.certificateFile}`]),
      ...(control ? [`  control      ${control.url}  (token ${control.token})`] : []),
      ...(flags.json === true ? [] : await aboutPrices(config, paper.priceSource, flags.seed)),
      'Press Ctrl-C to stop.',
    ])
    await untilStopped()
    return EXIT.ok
  } finally {
    await paper.close()
  }
}

async function extrasOf(flags: PaperFlags): Promise<PaperExtras> {
  const { readFaultScriptFile } = await import('@tidegate/gateway')
  return {
    controlPort: Number(flags.controlPort),
    ...(flags.tls === true ? { tls: true } : {}),
    ...(flags.strict === true ? { tokenMode: 'strict' } : {}),
    ...(flags.faults === undefined ? {} : { faults: readFaultScriptFile(readFileSync(flags.faults, 'utf8')) }),
  }
}

/** A tape's file is meant from here, not from the home. */
function absolute(prices: string): string {
  return prices.startsWith('tape:') ? `tape:${resolve(prices.slice('tape:'.length))}` : prices
}

async function aboutPrices(config: Config, source: string, seed: string | undefined): Promise<readonly string[]> {
  if (config.paper.prices.kind !== 'synthetic') return [`Prices: ${source}.`]
  const { describeSyntheticMarket } = await import('@tidegate/gateway')
  return [
    `Prices: ${source}, invented. In its first two minutes the market is like this (sizes in base units, depth in quote):`,
    ...describeSyntheticMarket(seed === undefined ? config.paper.seed : Number(seed)).map((line) => `  ${line}`),
  ]
}
