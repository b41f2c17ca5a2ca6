import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Home } from '@tidegate/gateway'
import { serveMcpStdio } from '@tidegate/mcp-adapter'

/** How long open work may take after the host has gone. */
const FAREWELL_MS = 1_500

/**
 * Serves MCP on stdin and stdout until the host closes stdin or sends a signal.
 * Nothing heavy loads before the first answer: the gateway opens behind it, or another process that owns the home is used.
 */
export async function serve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      home: { type: 'string' },
      config: { type: 'string' },
      environment: { type: 'string' },
      agent: { type: 'string', default: 'local' },
    },
  })
  let home: Promise<Home> | undefined
  const open = (): Promise<Home> => {
    home ??= openHome(values)
    return home
  }
  const server = serveMcpStdio({
    backend: async () => (await open()).mcp,
    principal: { name: values.agent, role: 'trader' },
    serverInfo: { name: 'tidegate', version: '0.1.0' },
  })
  // The host's first question is answered by now or in a moment; opening starts without waiting for the first call.
  setTimeout(() => {
    open().catch((error: unknown) => {
      process.stderr.write(`tidegate: ${error instanceof Error ? error.message : String(error)}\n`)
      // Nonsense in the configuration: refuse to run rather than fail call by call.
      process.exit(2)
    })
  }, 20)

  await Promise.race([server.closed, signalled()])
  // Hosts kill what lingers: whatever is not done in time is on disk and resolved by the next start.
  const deadline = setTimeout(() => process.exit(0), FAREWELL_MS)
  await server.close()
  if (home) await (await home).close()
  clearTimeout(deadline)
  return 0
}

async function openHome(values: { home?: string; config?: string; environment?: string }): Promise<Home> {
  const gateway = await import('@tidegate/gateway')
  const { home, config, environment } = values
  return gateway.openHome(
    gateway.loadConfig({
      flags: {
        ...(home === undefined ? {} : { home }),
        ...(config === undefined ? {} : { config }),
        ...(environment === undefined ? {} : { environment }),
      },
      env: process.env,
      cwd: process.cwd(),
      readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
      platform: process.platform,
      nodeVersion: process.versions.node,
    }),
    { as: 'stdio' },
  )
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
