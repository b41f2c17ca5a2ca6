// `npm test`: installs the rest, builds the apps, runs every suite, prints what each cost, and closes with one line.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { pnpm, requireNode, root, step } from './run.mjs'

/** Seconds a suite may take on two cores. Over budget is printed, and is a reason to act, not a failure. */
const budgets = {
  unit: 150,
  structure: 20,
  apps: 30,
  specification: 60,
  e2e: 150,
  postgres: 150,
  'wire-clients': 90,
  'client-faults': 60,
  simulator: 180,
  crash: 240,
  audit: 60,
  browser: 90,
}

requireNode()
await step('installing packages', () => pnpm(['install', '--frozen-lockfile'], { quiet: true }))
await step('building', () =>
  pnpm(['exec', 'turbo', 'run', 'build', '--output-logs', 'errors-only'], {
    quiet: true,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  }),
)

const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'))
const report = join(folder, 'report.json')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const child = spawn(
  process.execPath,
  [vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
)
// The logs of the servers under test are for their files, not for whoever reads this.
for (const stream of [child.stdout, child.stderr]) {
  createInterface({ input: stream }).on('line', (line) => {
    if (!line.includes('{"level":"')) process.stderr.write(`${line}\n`)
  })
}
const code = await new Promise((resolve) => child.on('close', resolve))

let results
try {
  results = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('The test runner ended without a report.')
  console.log('tests: 0 passed, 1 failed, 0 skipped')
  process.exit(1)
}
rmSync(folder, { recursive: true, force: true })

const suiteOf = (file) => {
  const [top, name] = relative(root, file).split(sep)
  return top === 'tests' ? name : top === 'apps' ? 'apps' : 'unit'
}
const suites = new Map()
const skipped = []
const count = { passed: 0, failed: 0, skipped: 0 }
for (const file of results.testResults) {
  const suite = suites.get(suiteOf(file.name)) ?? { tests: 0, seconds: 0 }
  suite.seconds += Math.max(0, file.endTime - file.startTime) / 1000
  suite.tests += file.assertionResults.length
  suites.set(suiteOf(file.name), suite)
  // A file that failed to load has no assertions, but is a failure all the same.
  if (file.status === 'failed' && file.assertionResults.length === 0) {
    count.failed++
    console.log(`failed to load: ${relative(root, file.name)}\n${file.message ?? ''}`)
  }
  for (const test of file.assertionResults) {
    if (test.status === 'passed') count.passed++
    else if (test.status === 'failed') {
      count.failed++
      console.log(`failed: ${relative(root, file.name)} > ${test.fullName}`)
    } else {
      count.skipped++
      skipped.push(`${relative(root, file.name)} > ${test.fullName}`)
    }
  }
}

console.log('\nsuite            tests   seconds   budget')
for (const [name, suite] of [...suites].sort(([a], [b]) => a.localeCompare(b))) {
  const budget = budgets[name] ?? 60
  const over = suite.seconds > budget ? '  over budget' : ''
  console.log(
    `${name.padEnd(15)}${String(suite.tests).padStart(7)}${suite.seconds.toFixed(1).padStart(10)}${String(budget).padStart(9)}${over}`,
  )
}

const allowed = JSON.parse(readFileSync(join(root, 'tests', 'allowed-skips.json'), 'utf8'))
const unexpected = skipped.filter((name) => !allowed.some((entry) => name.includes(entry.test)))
for (const name of skipped) console.log(`skipped: ${name}`)
for (const name of unexpected) console.log(`skipped without being on tests/allowed-skips.json: ${name}`)

const ok = code === 0 && count.failed === 0 && count.passed > 0 && unexpected.length === 0
if (!ok && count.failed === 0) count.failed = 1
console.log(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exit(ok ? 0 : 1)
