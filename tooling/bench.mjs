// `npm run -s bench -- --axis matching --json`: our speed beside other people's, in the same run (docs/performance.md).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { become, pnpm, requireNode, root, run, step } from './run.mjs'

requireNode()
// `npm start` leaves the laboratory out.
if (!existsSync(join(root, 'tests', 'bench', 'node_modules'))) {
  await step('installing packages', () => pnpm(['install', '--frozen-lockfile'], { quiet: true }))
}
await step('bundling', () =>
  run('npx', ['tsup', '--config', join('tests', 'bench', 'tsup.config.ts')], { quiet: true }),
)
become(join('tests', 'bench', 'dist', 'main.js'), process.argv.slice(2))
