import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { hostSnippets } from '../host-snippets.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'

/** `tidegate serve` and `tidegate paper`: what stays up. */
export function addServeCommands(program: Command): void {
  const serve = acceptGlobalFlags(program.command('serve'))
    .description('own the home and serve MCP over HTTP until stopped')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one')
  serve.action(async () => {
    process.exitCode = await serveHome(serve.optsWithGlobals<GlobalFlags>())
  })
  const paper = acceptGlobalFlags(program.command('paper'))
    .description('a paper exchange alone, for other Coinbase clients and bots')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', '0')
    .option('--seed <seed>', 'seed of the synthetic market')
  paper.action(async () => {
    process.exitCode = await servePaper(paper.optsWithGlobals<GlobalFlags & { port: string; seed?: string }>())
  })
}

async function serveHome(flags: GlobalFlags): Promise<number> {
  const config = await readConfig(flags)
  const output = createOutput(flags.json === true)
  for (const warning of config.warnings) output.progress(`warning: ${warning}`)
  const { openHome } = await import('@tidegate/gateway')
  const home = openHome(config, { as: 'serve' })
  try {
    const endpoint = await home.endpoint()
    if (home.role() !== 'owner') {
      output.result({ ok: false, error: { code: 'ERR_HOME_OWNED', url: endpoint.url } }, [
        `Another process already serves ${config.homeFolder} at ${endpoint.url}. Stop it first, or use it.`,
      ])
      return EXIT.refused
    }
    output.result(
      {
        ok: true,
        environment: config.environment,
        url: endpoint.url,
        mcp_url: endpoint.mcpUrl,
        agent_token: endpoint.agentToken,
        home: config.homeFolder,
      },
      [`Serving the ${config.environment} environment from ${config.homeFolder}.`, ...hostSnippets(endpoint)],
    )
    await untilStopped()
    return EXIT.ok
  } finally {
    await home.close()
  }
}

async function servePaper(flags: GlobalFlags & { port: string; seed?: string }): Promise<number> {
  const config = await readConfig({ ...flags, environment: 'paper' })
  const { openPaperExchange } = await import('@tidegate/gateway')
  const paper = await openPaperExchange(config, {
    port: Number(flags.port),
    ...(flags.seed === undefined ? {} : { seed: Number(flags.seed) }),
  })
  try {
    const ready = { rest: paper.restUrl, ws: paper.wsUrl, keyFile: paper.keyFile, control: null }
    createOutput(flags.json === true).result(ready, [
      'A paper exchange that speaks the Coinbase Advanced Trade protocol:',
      `  REST      ${ready.rest}`,
      `  WebSocket ${ready.ws}`,
      `  key file  ${ready.keyFile}`,
      'Prices are synthetic. Press Ctrl-C to stop.',
    ])
    await untilStopped()
    return EXIT.ok
  } finally {
    await paper.close()
  }
}
