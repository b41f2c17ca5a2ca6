import type { Config, Secret } from '@tidegate/gateway'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { hostSnippets } from '../host-snippets.js'
import { createOutput } from '../output.js'
import { promptSecret } from '../prompt-secret.js'
import { type GlobalFlags, loadAgain, readConfig } from '../session.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'

/** `tidegate serve`: what owns the home and stays up. */
export function addServeCommands(program: Command): void {
  const serve = acceptGlobalFlags(program.command('serve'))
    .description('own the home and serve MCP over HTTP until stopped')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one')
  serve.action(async () => {
    process.exitCode = await serveHome(serve.optsWithGlobals<GlobalFlags>())
  })
}

async function serveHome(flags: GlobalFlags): Promise<number> {
  const config = await readConfig(flags)
  const output = createOutput(flags.json === true)
  for (const warning of config.warnings) output.progress(`warning: ${warning}`)
  const { haltOnSignal, openHome, protectProcess } = await import('@tidegate/gateway')
  const home = openHome(config, {
    as: 'serve',
    scrubber: protectProcess(config, process, process.stdout),
    reread: () => loadAgain(flags),
    ...(await passphraseOf(config)),
  })
  haltOnSignal(process, config, home, (line) => output.progress(line))
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

/** A sealed file that neither descriptor nor file opens is opened by the person at the terminal. */
async function passphraseOf(config: Config): Promise<{ readonly passphrase?: Secret }> {
  const { Secret: Kept } = await import('@tidegate/gateway')
  const { passphraseFd, passphraseFile, isSealed, file } = config.secrets
  if (!isSealed || passphraseFd !== undefined || passphraseFile !== undefined || !process.stdin.isTTY) return {}
  return { passphrase: new Kept(await promptSecret(`Passphrase of ${file}`)) }
}
