import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { inspectTools } from './inspect-tools.js'
import { isGreen, type Row, readRows, type ToolSet, toTable } from './report.js'
import { REVISIONS, type Revision, scoredScenarios, WITHOUT_FIXTURES } from './requirements.js'
import { startServer } from './start-server.js'
import { openTokenProxy } from './token-proxy.js'

// Beside this file stand the two bundles of the HTTP app, one folder up the suite with a lockfile of its own.
const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const suite = beside('../suite/node_modules/@modelcontextprotocol/conformance/')
const inspector = beside('../suite/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js')
const servers: Readonly<Record<ToolSet, string>> = {
  fixtures: beside('http-server-with-fixtures.js'),
  production: beside('http-server.js'),
}
const usage = `usage: npm run conformance -- [--requirements ${REVISIONS.join('|')}] [--json]`
const run = promisify(execFile)
interface Told {
  readonly stderr?: string
}

const say = (line: string): void => void process.stderr.write(`  ${line}\n`)

/** Runs the suite and says what came of it: 0 all pass, 1 some do not, 2 could not be run. */
async function main(): Promise<number> {
  const { revisions, json } = readArguments()
  const node = await node22()
  const rows: Row[] = []
  for (const server of ['fixtures', 'production'] as const) {
    const started = await startServer(servers[server])
    const proxy = await openTokenProxy(started.mcpUrl, started.token)
    try {
      for (const revision of revisions) rows.push(...(await runSuite(node, proxy.url, revision, server)))
      if (server === 'fixtures') continue
      for (const revision of revisions) rows.push(await inspectTools(node, inspector, proxy.url, revision))
    } finally {
      proxy.close()
      await started.stop()
    }
  }
  process.stdout.write(json ? `${JSON.stringify({ schema: 'tidegate.conformance/1', rows })}\n` : `${toTable(rows)}\n`)
  return rows.every((row) => !row.scored || isGreen(row)) ? 0 : 1
}

/** What counts of one revision against one server: the frozen requirements, or the scenarios that need no fixture. */
async function runSuite(node: string, url: string, set: Revision, server: ToolSet): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-conformance-'))
  const started = performance.now()
  try {
    const scored = server === 'fixtures' ? scoredScenarios(suite, set) : WITHOUT_FIXTURES[set]
    // Scenarios of 2025 that miss their fixture leave streams open and use up the sessions of those behind them: one process each.
    const runs =
      server === 'production' && set === '2025-11-25'
        ? scored.map((scenario) => ['--scenario', scenario, '--spec-version', set])
        : [['--requirements', set]]
    for (const chosen of runs) {
      const args = [join(suite, 'dist', 'index.js'), 'server', '--url', url, ...chosen, '-o', folder]
      // Its exit code is about its own idea of what counts; the checks it writes down are judged here.
      const { stderr } = await run(node, args, { maxBuffer: 1 << 26 }).catch((error: unknown) => error as Told)
      if (readdirSync(folder).length === 0) throw new Error(`The suite did not run:\n${stderr ?? 'it was not there'}`)
    }
    const rows = readRows(folder, { set, server }, scored)
    const green = rows.filter((row) => row.scored && isGreen(row)).length
    say(`${set}, ${server}: ${green} of ${scored.length} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The suite does not run on Node 20; npm has Node 22 as a package. */
async function node22(): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath
  say('fetching Node 22 from npm …')
  const { stdout } = await run('npx', ['-y', '-p', 'node@22', '-c', 'node -p process.execPath'])
  return stdout.trim()
}

function readArguments(): { readonly revisions: readonly Revision[]; readonly json: boolean } {
  try {
    const { values } = parseArgs({
      options: { requirements: { type: 'string' }, json: { type: 'boolean', default: false } },
    })
    const revisions = REVISIONS.filter((each) => values.requirements === undefined || values.requirements === each)
    if (revisions.length > 0) return { revisions, json: values.json }
  } catch {
    // Said below.
  }
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  },
)
