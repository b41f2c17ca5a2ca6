// `npm run -s wire-clients -- --json`: independent Coinbase clients against the paper exchange, call by call.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireNode, run } from './run.mjs'

requireNode()
const json = process.argv.includes('--json')
const folder = mkdtempSync(join(tmpdir(), 'wire-clients-'))
const file = join(folder, 'report.json')
process.stderr.write('  trying every call of every client …\n')
// The README's table is the test suite's matter; here only what the clients met counts.
const { output } = await run('npx', ['vitest', 'run', '--project', 'wire-clients', 'judges'], {
  quiet: true,
  env: { WIRE_CLIENTS_REPORT: file },
})
let report
try {
  report = JSON.parse(readFileSync(file, 'utf8'))
} catch {
  process.stderr.write(`${output}\nThe clients could not be tried; the output above says why.\n`)
  process.exit(2)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const failed = report.rows.filter((row) => !row.ok)
if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
else {
  for (const { client, version, call, ok, detail } of report.rows) {
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${client} ${version}  ${call}: ${detail}\n`)
  }
}
process.stderr.write(`  ${report.rows.length - failed.length} of ${report.rows.length} calls work\n`)
process.exit(failed.length === 0 ? 0 : 1)
