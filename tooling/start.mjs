// `npm start`: installs, builds, plays the guided tour on a paper exchange, and stays up.
import { become, buildApps, requireNode } from './run.mjs'

requireNode()
process.stderr.write('Tidegate\n')
await buildApps()
become('apps/cli/dist/main.js', ['demo', ...process.argv.slice(2)])
