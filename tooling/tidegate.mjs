// `npm run -s tidegate -- …`: the CLI from a clone, built when it is not there yet.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { become, buildApps, requireNode, root } from './run.mjs'

requireNode()
if (!existsSync(join(root, 'apps/cli/dist/main.js'))) await buildApps()
become('apps/cli/dist/main.js', process.argv.slice(2))
