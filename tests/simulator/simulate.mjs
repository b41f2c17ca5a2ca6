// Runs the bundled simulator in processes of its own and adds their reports up: for `npm run sim` and for the tests.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleSimulator } from './bundle.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const hintsFile = join(here, 'mutant-seeds.json')

/**
 * Simulates `seeds` seeds from `seed` on.
 *
 * @param options.jobs - Processes that share the seeds; the result does not depend on it.
 * @returns the document `tidegate.sim/1`.
 */
export async function simulate({
  bundle,
  store = 'model',
  seed = 1,
  seeds = 100,
  jobs = 1,
  twice = 0,
  stopAfter = 20,
  trace = false,
}) {
  const file = bundle ?? (await bundleSimulator())
  const share = Math.ceil(seeds / jobs)
  const parts = Array.from({ length: jobs }, (_, index) => ({
    seed: seed + index * share,
    seeds: Math.max(0, Math.min(share, seeds - index * share)),
    twice: index === 0 ? twice : 0,
  })).filter((part) => part.seeds > 0)
  const started = performance.now()
  const reports = await Promise.all(parts.map((part) => runPart(file, { ...part, store, stopAfter, trace })))
  return merge(reports, (performance.now() - started) / 1000)
}

function runPart(file, { seed, seeds, store, twice, stopAfter, trace }) {
  const args = [
    '--enable-source-maps',
    // Seeds leave much behind that is soon forgotten: a roomy nursery saves a tenth of the time.
    '--max-semi-space-size=64',
    file,
    '--seed',
    seed,
    '--seeds',
    seeds,
    '--store',
    store,
    '--twice',
    twice,
    '--stop-after',
    stopAfter,
  ]
  if (trace) args.push('--trace')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args.map(String), { stdio: ['ignore', 'pipe', trace ? 'inherit' : 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4_000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      try {
        resolve(JSON.parse(output))
      } catch {
        reject(new Error(`the simulator ended with ${code} and no report: ${errors}`))
      }
    })
  })
}

function merge(reports, seconds) {
  const sum = (name) => reports.reduce((total, report) => total + report[name], 0)
  const hashes = reports.flatMap((report) => report.hashes)
  const pairs = new Set(reports.flatMap((report) => report.pairs))
  const pairsMissing = reports[0].allPairs.filter((pair) => !pairs.has(pair))
  const seeds = hashes.length
  return {
    schema: 'tidegate.sim/1',
    store: reports[0].store,
    seeds,
    seconds: Math.round(seconds * 10) / 10,
    seedsPerSecond: Math.round((seeds / seconds) * 10) / 10,
    /** On one core, whoever else wanted the machine meanwhile; start of the processes included. */
    seedsPerCpuSecond: Math.round((seeds / sum('cpuSeconds')) * 10) / 10,
    traceHash: createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 32),
    events: sum('events'),
    simulatedHours: Math.round(sum('simulatedHours') * 100) / 100,
    intents: sum('intents'),
    orders: sum('orders'),
    faults: mergeCounts(reports.map((report) => report.faults)),
    pairsVisited: reports[0].allPairs.length - pairsMissing.length,
    pairsTotal: reports[0].allPairs.length,
    pairsMissing,
    points: mergeCounts(reports.map((report) => report.points)),
    violations: reports.flatMap((report) => report.violations),
  }
}

function mergeCounts(records) {
  const counts = {}
  for (const record of records)
    for (const [key, count] of Object.entries(record)) counts[key] = (counts[key] ?? 0) + count
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Looks for a planted fault, first on the seed that showed it the last time, then from `seed` on.
 *
 * @returns the violation that found it, or `undefined` with the number of seeds that were tried.
 * @throws when the mutant no longer applies.
 */
export async function hunt(mutant, { seed = 1, seeds = mutant.seeds ?? 500, jobs = 1 } = {}) {
  const bundle = await bundleSimulator({ mutant })
  const store = mutant.store ?? 'model'
  try {
    const hint = readHints()[mutant.name]
    const tries = [...(hint === undefined ? [] : [{ seed: hint, seeds: 1 }]), { seed, seeds, jobs }]
    let tried = 0
    for (const attempt of tries) {
      const report = await simulate({ bundle, store, stopAfter: 1, ...attempt })
      tried += report.seeds
      const violation =
        report.violations.find(({ invariant }) => mutant.expect.includes(invariant)) ?? report.violations[0]
      if (violation) {
        const command = `npm run -s sim -- --mutant ${mutant.name} --seed ${violation.seed} --seeds 1`
        return { tried, violation: { ...violation, command }, isExpected: mutant.expect.includes(violation.invariant) }
      }
    }
    return { tried, violation: undefined, isExpected: false }
  } finally {
    rmSync(bundle, { force: true })
  }
}

function readHints() {
  return JSON.parse(readFileSync(hintsFile, 'utf8'))
}

/** Keeps on which seeds the mutants showed. */
export function saveHints(found) {
  const hints = { ...readHints(), ...found }
  const sorted = Object.fromEntries(Object.entries(hints).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(hintsFile, `${JSON.stringify(sorted, null, 2)}\n`)
}
