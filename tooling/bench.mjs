// `npm run -s bench -- --axis matching --json`: our speed beside other people's, in the same run (docs/performance.md).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { become, pnpm, requireNode, root, run, step } from './run.mjs'

requireNode()
// `npm start` leaves the laboratory out.
if (!existsSync(join(root, 'tests', 'bench', 'node_modules'))) {
  await step('installing packages', () => pnpm(['install', '--frozen-lockfile'], { quiet: true }))
}
// Two axes start the stdio server as it is published.
if (!process.argv.includes('--axis') || process.argv.some((word) => word.startsWith('mcp-'))) {
  const build = ['exec', 'turbo', 'run', 'build', '--filter', '@tidegate/stdio-server', '--output-logs', 'errors-only']
  await step('building', () => pnpm(build, { quiet: true, env: { TURBO_TELEMETRY_DISABLED: '1' } }))
}
await step('bundling', () =>
  run('npx', ['tsup', '--config', join('tests', 'bench', 'tsup.config.ts')], { quiet: true }),
)
become(join('tests', 'bench', 'dist', 'main.js'), process.argv.slice(2))
