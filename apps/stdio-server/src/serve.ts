import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Config, Home } from '@tidegate/gateway'
import { createOpenQuestions, type ServerInfo, serveMcpStdio, surfaceInstructions } from '@tidegate/mcp-adapter'
import type { Environment, Principal, Timers } from '@tidegate/trading-model'

/** How long open work may take after the host has gone. */
const FAREWELL_MS = 1_500
/** Long enough for the host's first question to be answered before the gateway's code is loaded. */
const OPEN_AFTER_MS = 20

const timers: Timers = {
  after(ms, run) {
    const handle = setTimeout(run, ms).unref()
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const handle = setInterval(run, ms).unref()
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms).unref()
    }),
}

/** The gateway's code, which is loaded when it is first needed. */
export type LoadGateway = () => Promise<typeof import('@tidegate/gateway')>

/**
 * Serves MCP on stdin and stdout until the host closes stdin or sends a signal.
 * Nothing heavy loads before the first answer: the gateway opens behind it, or another process that owns the home is used.
 *
 * @returns The exit code.
 */
export async function serve(args: readonly string[], loadGateway: LoadGateway): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      home: { type: 'string' },
      config: { type: 'string' },
      environment: { type: 'string' },
      agent: { type: 'string' },
    },
  })
  const { agent = process.env['TIDEGATE_AGENT'], ...named } = values
  const agentToken = process.env['TIDEGATE_AGENT_TOKEN']
  let home: Promise<Home> | undefined
  const open = (): Promise<Home> => {
    home ??= readConfig(named, loadGateway).then(async (config) => {
      const gateway = await loadGateway()
      gateway.forgetSecrets(process.env)
      // Stdout carries the protocol, whose messages are scrubbed where they are made.
      const scrubber = gateway.protectProcess(config, process)
      return gateway.openHome(config, { as: 'stdio', scrubber, ...(agentToken ? { agentToken } : {}) })
    })
    return home
  }
  const { serverInfo, environment, dryRun, principal, adminTrades, offeredTools } = await introduction(
    named,
    agent,
    loadGateway,
  )
  const server = serveMcpStdio({
    backend: async () => (await open()).mcp,
    principal,
    adminTrades,
    ...(offeredTools === undefined ? {} : { offeredTools }),
    serverInfo,
    instructions: surfaceInstructions(environment, dryRun),
    timers,
    questions: createOpenQuestions({
      clock: { nowMs: () => Date.now() },
      // Not imported: it is needed long after the first answer, and takes its time to load.
      random: { bytes: (length) => process.getBuiltinModule('node:crypto').randomBytes(length) },
    }),
  })
  setTimeout(() => {
    open().catch((error: unknown) => {
      process.stderr.write(`tidegate: ${error instanceof Error ? error.message : String(error)}\n`)
      // Nonsense in the configuration: refuse to run rather than fail call by call.
      process.exit(2)
    })
  }, OPEN_AFTER_MS)

  await Promise.race([server.closed, signalled()])
  // Hosts kill what lingers: whatever is not done in time is on disk and resolved by the next start.
  const deadline = setTimeout(() => process.exit(0), FAREWELL_MS)
  await server.close()
  if (home) await (await home).close()
  clearTimeout(deadline)
  return 0
}

type Named = Readonly<Partial<Record<'home' | 'config' | 'environment', string>>>

interface Introduction {
  readonly serverInfo: ServerInfo
  readonly environment: Environment
  readonly dryRun: boolean
  readonly principal: Principal
  readonly adminTrades: boolean
  readonly offeredTools?: ReadonlySet<string>
}

/**
 * The plain paper start introduces itself with the defaults; whoever configured something gets it read first.
 *
 * @throws {ConfigError} no agent has that name; the message lists those there are.
 */
async function introduction(named: Named, agent: string | undefined, loadGateway: LoadGateway): Promise<Introduction> {
  const isConfigured =
    named.config !== undefined ||
    named.environment !== undefined ||
    (agent !== undefined && agent !== 'local') ||
    Object.keys(process.env).some((name) => /^(TIDEGATE_(?!HOME$)|ENVIRONMENT$)/.test(name))
  if (!isConfigured) {
    return {
      serverInfo: { name: 'coinbase-trading', version: '1.0.0' },
      environment: 'paper',
      dryRun: false,
      principal: { name: 'local', role: 'trader' },
      adminTrades: false,
    }
  }
  const { agentPrincipal } = await loadGateway()
  const config = await readConfig(named, loadGateway)
  const { environment, dryRun, adminTrades } = config
  const { name, version } = config.server
  return {
    serverInfo: { name, version },
    environment,
    dryRun,
    principal: agentPrincipal(config, agent),
    adminTrades,
    ...(config.mcp.offeredTools === undefined ? {} : { offeredTools: config.mcp.offeredTools }),
  }
}

async function readConfig(named: Named, loadGateway: LoadGateway): Promise<Config> {
  const { loadConfig } = await loadGateway()
  return loadConfig({
    flags: named,
    env: process.env,
    cwd: process.cwd(),
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    platform: process.platform,
    nodeVersion: process.versions.node,
  })
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
