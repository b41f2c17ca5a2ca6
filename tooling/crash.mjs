// `npm run -s crash -- --kills 1000 --engine sqlite --json`: real processes killed at every step, and the matrix of what was found.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { requireNode, root, run } from './run.mjs'

requireNode()
const usage = 'usage: npm run crash -- [--kills N] [--engine sqlite|postgres] [--seed N] [--resume FILE] [--json]'
const { values } = readArguments()
const folder = mkdtempSync(join(tmpdir(), 'tidegate-crash-report-'))
const file = join(folder, 'report.json')
const { code } = await run('npx', ['vitest', 'run', '--project', 'crash', '--reporter', 'dot', 'src/matrix.test.ts'], {
  env: {
    CRASH_KILLS: values.kills,
    CRASH_REPORT: file,
    ...(values.engine === undefined ? {} : { CRASH_ENGINE: values.engine }),
    ...(values.seed === undefined ? {} : { CRASH_SEED: values.seed }),
    // What has been run is kept in this file; a run that was interrupted goes on from it.
    ...(values.resume === undefined ? {} : { CRASH_KEPT: resolve(values.resume) }),
    // Both engines and nothing broken: then the page tells of this run.
    ...(values.engine === undefined && !values.json ? { CRASH_PAGE: join(root, 'docs', 'reliability.md') } : {}),
  },
})
let report
try {
  report = JSON.parse(readFileSync(file, 'utf8'))
} catch {
  process.stderr.write('The matrix could not be run; the output above says why.\n')
  process.exit(2)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const violations = report.rows.reduce((sum, row) => sum + row.violations, 0)
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${table(report.rows)}\n`)
process.exit(code === 0 && violations === 0 ? 0 : 1)

function readArguments() {
  try {
    const parsed = parseArgs({
      options: {
        kills: { type: 'string', default: '1000' },
        engine: { type: 'string' },
        seed: { type: 'string' },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const isCount = /^[1-9]\d{0,6}$/.test(parsed.values.kills) && /^\d{0,9}$/.test(parsed.values.seed ?? '')
    if (isCount && [undefined, 'sqlite', 'postgres'].includes(parsed.values.engine)) return parsed
  } catch {
    // Said below.
  }
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}

function table(rows) {
  const columns = ['flow', 'step', 'engine', 'kills', 'violations', 'unresolved']
  const sum = (column) => rows.reduce((total, row) => total + row[column], 0)
  const all = {
    flow: 'all',
    step: '',
    engine: '',
    kills: sum('kills'),
    violations: sum('violations'),
    unresolved: sum('unresolved'),
  }
  const lines = [columns, ...[...rows, all].map((row) => columns.map((column) => String(row[column])))]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)))
  const pad = (cell, index) => (index > 2 ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
