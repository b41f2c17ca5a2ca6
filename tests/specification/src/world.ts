import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type Config, type Gateway, type Home, loadConfig, openHome } from '@tidegate/gateway'

export type Found = Readonly<Record<string, unknown>>

/** The specification's own file, as it stands. */
export const specificationFile = fileURLToPath(new URL('../../../config/mcp_server.yaml', import.meta.url))

/** A gateway on a paper exchange with an independent MCP client connected to it over HTTP. */
export interface World {
  readonly client: Client
  readonly gateway: Gateway
  readonly home: Home
  readonly folder: string
  read(uri: string): Promise<Found>
  tool(name: string, args?: Record<string, unknown>): Promise<Found>
  prompt(name: string, args: Record<string, string>): Promise<string>
  control(verb: string, args?: Record<string, string>): Promise<Found>
  metrics(): Promise<string>
  /** The log file under its configured name. */
  log(): string
  close(): Promise<void>
}

/**
 * Opens a world. `edit` changes the text of the specification's file first; without it no file is read.
 * The file's environment and dry run are changed to where there is market data, nothing else.
 */
export async function openWorld(edit?: (yaml: string) => string, env: Record<string, string> = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-spec-'))
  const flags: Record<string, string> = { home: folder }
  if (edit) {
    const text = readFileSync(specificationFile, 'utf8')
      .replace('environment: sandbox', 'environment: paper')
      .replace('dry_run_mode: true', 'dry_run_mode: false')
      .replace('port: 8765', 'port: 0')
    const file = join(folder, 'mcp_server.yaml')
    writeFileSync(file, edit(text))
    flags['config'] = file
  }
  const config = readConfig(flags, { TIDEGATE_SERVER_PORT: '0', ...env })
  const home = openHome(config, { as: 'serve', quiet: true })
  const endpoint = await home.endpoint()
  const gateway = home.gateway()
  if (!gateway) throw new Error('the home is somebody else’s')
  const client = new Client({ name: 'specification', version: '0' })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(endpoint.mcpUrl), {
      requestInit: { headers: { authorization: `Bearer ${endpoint.agentToken}` } },
    }) as Parameters<Client['connect']>[0],
  )
  return {
    client,
    gateway,
    home,
    folder,
    read: async (uri) =>
      JSON.parse(((await client.readResource({ uri })).contents[0] as { text: string }).text) as Found,
    tool: async (name, args = {}) => {
      const result = await client.callTool({ name, arguments: args })
      return JSON.parse((result.content as { text: string }[])[0]?.text ?? '{}') as Found
    },
    prompt: async (name, args) => {
      const { messages } = await client.getPrompt({ name, arguments: args })
      return messages.map((message) => (message.content as { text: string }).text).join('\n')
    },
    control: (verb, args = {}) => home.control.call(verb, args),
    metrics: () => gateway.metrics.text(),
    log: () => readFileSync(config.logging.file, 'utf8'),
    close: async () => {
      await client.close()
      await home.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The configuration as a start would read it. */
export function readConfig(
  flags: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Config {
  return loadConfig({
    flags,
    env: { HOME: '/nobody', ...env },
    cwd: '/',
    readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    platform: process.platform,
  })
}

/** Asks until the answer satisfies; gives the last one. */
export async function eventually<T>(ask: () => T | Promise<T>, done: (answer: T) => boolean, tries = 100): Promise<T> {
  let answer = await ask()
  for (let attempt = 1; attempt < tries && !done(answer); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    answer = await ask()
  }
  return answer
}
