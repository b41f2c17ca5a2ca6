// `npm run test:full`: what `npm test` has no time for. Every step runs, whatever the others did; the last line says how many failed.

import { spawn } from 'node:child_process'
import { buildApps, requireNode, root } from './run.mjs'

/** @type {(...args: string[]) => [string, string[]]} */
const npm = (...args) => ['npm', ['run', '-s', ...args]]
/** @type {(node: number, ...args: string[]) => [string, string[]]} */
const on = (node, ...args) => [
  'npx',
  ['-y', '-p', `node@${node}`, '-c', `node node_modules/vitest/vitest.mjs run ${args.join(' ')}`],
]

/**
 * Numbers are the ones the project promises in docs/reliability.md.
 *
 * @type {[string, [string, string[]]][]}
 */
const steps = [
  ['every test of npm test', ['npm', ['test']]],
  ['50,000 seeds, model store', npm('sim', '--', '--seeds', '50000', '--seed', '1', '--store', 'model')],
  ['2,000 seeds, SQLite', npm('sim', '--', '--seeds', '2000', '--seed', '1', '--store', 'sqlite')],
  ['500 kills, SQLite', npm('crash', '--', '--kills', '500', '--engine', 'sqlite')],
  ['500 kills, PostgreSQL', npm('crash', '--', '--kills', '500', '--engine', 'postgres')],
  ['every planted fault, simulator', npm('sim', '--', '--mutant', 'all')],
  [
    'every planted bug, crash matrix',
    ['env', ['CRASH_MUTANTS=all', 'npx', 'vitest', 'run', '--project', 'crash', 'src/mutants.test.ts']],
  ],
  [
    'Node 22: journal, desk, gateway',
    on(22, '--project', 'unit', 'packages/trade-journal', 'packages/trading-desk', 'packages/gateway'),
  ],
  [
    'Node 24: journal, desk, gateway',
    on(24, '--project', 'unit', 'packages/trade-journal', 'packages/trading-desk', 'packages/gateway'),
  ],
  ['every axis of the bench', npm('bench')],
]

requireNode()
const only = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const chosen = only.length === 0 ? steps : steps.filter(([name]) => only.some((word) => name.includes(word)))
if (chosen.length === 0) {
  console.error(`No step is named like that. Steps: ${steps.map(([name]) => name).join('; ')}`)
  process.exit(2)
}
if (only.length > 0) await buildApps()

const results = []
for (const [name, [command, args]] of chosen) {
  console.error(`\n== ${name}`)
  const started = performance.now()
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', () => resolve(1))
    child.on('close', (status) => resolve(status ?? 1))
  })
  results.push({ name, code, seconds: (performance.now() - started) / 1000 })
}

console.log('\nstep                                 result   seconds')
for (const { name, code, seconds } of results) {
  console.log(
    `${name.padEnd(36)} ${(code === 0 ? 'ok' : `failed ${code}`).padEnd(8)} ${seconds.toFixed(0).padStart(7)}`,
  )
}
const failed = results.filter(({ code }) => code !== 0).length
console.log(`test:full: ${results.length - failed} of ${results.length} steps ok`)
process.exit(failed === 0 ? 0 : 1)
