// `npm run -s conformance -- --requirements 2026-07-28 --json`: the official MCP suite against the HTTP server, both eras.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { become, pnpm, requireNode, root, run, step } from './run.mjs'

requireNode()
const folder = join('tests', 'conformance')
// `npm start` leaves the laboratory out.
if (!existsSync(join(root, folder, 'node_modules'))) {
  await step('installing packages', () => pnpm(['install', '--frozen-lockfile'], { quiet: true }))
}
// A lockfile of its own: the suite needs a Node that the repository does not ask for.
if (!existsSync(join(root, folder, 'suite', 'node_modules'))) {
  // Judged by the Node 22 that runs it, not by the one that installs it.
  const suite = ['--dir', join(folder, 'suite'), '--ignore-workspace', '--config.node-version=22.20.0']
  await step('installing the suite', () => pnpm(['install', ...suite, '--frozen-lockfile'], { quiet: true }))
}
// The app takes its pages from where the packages were built to.
await step('building', () =>
  pnpm(['exec', 'turbo', 'run', 'build', '--filter', '@tidegate/http-server^...', '--output-logs', 'errors-only'], {
    quiet: true,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  }),
)
await step('bundling', () => run('npx', ['tsup', '--config', join(folder, 'tsup.config.ts')], { quiet: true }))
become(join(folder, 'dist', 'main.js'), process.argv.slice(2))
