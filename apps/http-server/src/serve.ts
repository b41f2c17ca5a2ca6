import { existsSync, readFileSync } from 'node:fs'
import {
  forgetSecrets,
  haltOnSignal,
  loadConfig,
  type OpenHomeOptions,
  openHome,
  protectProcess,
} from '@tidegate/gateway'

/**
 * The HTTP MCP server as a process: owns its home, serves `/mcp`, ends at the first signal.
 *
 * @param extension - Beside our tools, resources and prompts; the conformance bench puts its fixtures there.
 * @returns The exit code.
 */
export async function serve(extension?: OpenHomeOptions['extension']): Promise<number> {
  const read = (withoutKey: boolean) =>
    loadConfig({
      env: process.env,
      cwd: process.cwd(),
      readFile: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
      platform: process.platform,
      nodeVersion: process.versions.node,
      withoutKey,
    })
  const config = read(false)
  forgetSecrets(process.env)
  const home = openHome(config, {
    as: 'serve',
    reread: async () => read(true),
    scrubber: protectProcess(config, process, process.stdout),
    ...(extension === undefined ? {} : { extension }),
  })
  haltOnSignal(process, config, home, (line) => process.stderr.write(`${line}\n`))
  const endpoint = await home.endpoint()
  if (home.role() !== 'owner') {
    process.stderr.write(`Another process already serves this home at ${endpoint.url}.\n`)
    await home.close()
    return 1
  }
  process.stderr.write(`Tidegate serves ${config.environment} at ${endpoint.mcpUrl}\n`)
  await new Promise<void>((resolve) => {
    const keepAlive = setInterval(() => {}, 1 << 30)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(keepAlive)
        resolve()
      })
    }
  })
  await home.close()
  return 0
}
