#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { forgetSecrets, haltOnSignal, loadConfig, openHome, protectProcess } from '@tidegate/gateway'
import { BaseError } from '@tidegate/trading-model'

/** The HTTP MCP server as a process: owns its home, serves `/mcp`, ends at the first signal. */
async function main(): Promise<number> {
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

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${BaseError.isInstance(error) ? error.message : String(error)}\n`)
    process.exit(BaseError.isInstance(error) && error.code.startsWith('ERR_CONFIG') ? 2 : 1)
  },
)
