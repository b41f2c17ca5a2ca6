import { readFileSync } from 'node:fs'
import type { Config, Home } from '@tidegate/gateway'
import type { JsonObject } from '@tidegate/mcp-adapter'
import type { Principal } from '@tidegate/trading-model'
import { createOutput, type Output } from './output.js'

/** Flags every command takes. */
export interface GlobalFlags {
  readonly json?: boolean
  readonly home?: string
  readonly config?: string
  readonly environment?: string
  readonly port?: string
}

/** Orders from the command line pass the same desk and limits as the agents', under this name. */
export const CLI_PRINCIPAL: Principal = { name: 'cli', role: 'trader' }

export interface Session {
  readonly config: Config
  readonly home: Home
  readonly output: Output
  tool(name: string, args: JsonObject): Promise<JsonObject>
  resource(uri: string): Promise<JsonObject>
  control(verb: string, args?: JsonObject): Promise<JsonObject>
}

/** Reads the configuration as this process was told to; `more` are further flags of it. The gateway loads on demand: `--help` needs none of it. */
export async function readConfig(
  flags: GlobalFlags,
  more: Readonly<Record<string, string>> = {},
  { withoutKey = false }: { readonly withoutKey?: boolean } = {},
): Promise<Config> {
  const { forgetSecrets, protectProcess } = await import('@tidegate/gateway')
  const config = await loadAgain(flags, more, { withoutKey })
  forgetSecrets(process.env)
  protectProcess(config, process, process.stdout)
  return config
}

/** As {@link readConfig}, for a process that has read it before: secrets of the environment are gone and not asked for. */
export async function loadAgain(
  flags: GlobalFlags,
  more: Readonly<Record<string, string>> = {},
  { withoutKey = true }: { readonly withoutKey?: boolean } = {},
): Promise<Config> {
  const { loadConfig } = await import('@tidegate/gateway')
  return loadConfig({
    flags: {
      ...(flags.home === undefined ? {} : { home: flags.home }),
      ...(flags.config === undefined ? {} : { config: flags.config }),
      ...(flags.environment === undefined ? {} : { environment: flags.environment }),
      ...(flags.port === undefined ? {} : { port: flags.port }),
      ...more,
    },
    env: process.env,
    cwd: process.cwd(),
    readFile,
    platform: process.platform,
    nodeVersion: process.versions.node,
    withoutKey,
  })
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}

/** Opens the home, or attaches to whoever owns it, for the time of one command. */
export async function withSession<T>(flags: GlobalFlags, use: (session: Session) => Promise<T>): Promise<T> {
  const config = await readConfig(flags)
  const { openHome, protectProcess } = await import('@tidegate/gateway')
  const home = openHome(config, { as: 'cli', quiet: true, scrubber: protectProcess(config, process, process.stdout) })
  const output = createOutput(flags.json === true)
  try {
    return await use({
      config,
      home,
      output,
      tool: async (name, args) => (await home.mcp.callTool(CLI_PRINCIPAL, name, args)).structured,
      resource: async (uri) => JSON.parse((await home.mcp.readResource(CLI_PRINCIPAL, uri)).text) as JsonObject,
      control: (verb, args = {}) => home.control.call(verb, args),
    })
  } finally {
    await home.close()
  }
}
