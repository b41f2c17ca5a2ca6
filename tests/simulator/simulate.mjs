// Runs the bundled simulator in processes of its own and adds their reports up: for `npm run sim` and for the tests.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleSimulator } from './bundle.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const longestMs = 3 * 3_600_000
const hintsFile = join(here, 'mutant-seeds.json')

/**
 * Simulates `seeds` seeds from `seed` on.
 *
 * @param options.list - These seeds instead, in this order, in one process.
 * @param options.focus - Kinds of fault that strike in every seed, and often.
 * @param options.jobs - Processes that share the seeds; the result does not depend on it.
 * @returns the document `tidegate.sim/1`.
 */
export async function simulate({
  bundle,
  store = 'model',
  seed = 1,
  seeds = 100,
  list,
  focus = [],
  jobs = 1,
  twice = 0,
  stopAfter = 20,
  trace = false,
}) {
  const file = bundle ?? (await bundleSimulator({ mapped: trace }))
  const share = Math.ceil(seeds / jobs)
  const parts = list
    ? [{ seed, seeds: list.length, list, twice }]
    : Array.from({ length: jobs }, (_, index) => ({
        seed: seed + index * share,
        seeds: Math.max(0, Math.min(share, seeds - index * share)),
        twice: index === 0 ? twice : 0,
      })).filter((part) => part.seeds > 0)
  const started = performance.now()
  const reports = await Promise.all(parts.map((part) => runPart(file, { ...part, store, focus, stopAfter, trace })))
  return merge(reports, (performance.now() - started) / 1000)
}

function runPart(file, { seed, seeds, list, focus, store, twice, stopAfter, trace }) {
  const args = [
    ...(trace ? ['--enable-source-maps'] : []),
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
  if (focus.length > 0) args.push('--focus', focus.join(','))
  if (list) args.push('--list', list.join(','))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args.map(String), {
      stdio: ['ignore', 'pipe', trace ? 'inherit' : 'pipe'],
      // A planted fault may never come to an end.
      timeout: longestMs,
    })
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

/** Adds documents of several runs up into one. */
export function addUp(reports, seconds) {
  const sum = (name) => reports.reduce((total, report) => total + report[name], 0)
  const pairsMissing = (reports[0]?.pairsMissing ?? []).filter((pair) =>
    reports.every((report) => report.pairsMissing.includes(pair)),
  )
  const pairsTotal = reports[0]?.pairsTotal ?? 0
  return {
    schema: 'tidegate.sim/1',
    seeds: sum('seeds'),
    seconds: Math.round(seconds * 10) / 10,
    seedsPerSecond: Math.round((sum('seeds') / seconds) * 10) / 10,
    traceHash: createHash('sha256')
      .update(reports.map((report) => report.traceHash).join('\n'))
      .digest('hex')
      .slice(0, 32),
    faults: mergeCounts(reports.map((report) => report.faults)),
    pairsVisited: pairsTotal - pairsMissing.length,
    pairsTotal,
  }
}

function mergeCounts(records) {
  const counts = {}
  for (const record of records)
    for (const [key, count] of Object.entries(record)) counts[key] = (counts[key] ?? 0) + count
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Looks for a planted fault, first on the seed that showed it the last time, then from `seed` on. A seed counts only when the products as
 * they are keep their promises on it.
 *
 * @param options.bundler - Of {@link openBundler}.
 * @param options.green - Seeds that are known to be kept without any mutant; others are run.
 * @returns the violation that found it, or `undefined`; the number of seeds that were tried, and what they came to.
 * @throws when the mutant no longer applies.
 */
export async function hunt(mutant, { bundler, seed = 1, seeds = mutant.seeds ?? 500, jobs = 1, green } = {}) {
  const { store = 'model', focus = [] } = mutant
  const keepsPromises = async (found) => green?.has(found) || isKept(bundler, { store, focus, seed: found })
  const bundle = await bundler.bundle(mutant)
  try {
    const hint = readHints()[mutant.name]
    let tried = 0
    const reports = []
    if (hint !== undefined) {
      const report = await simulate({ bundle, store, focus, seed: hint, seeds: 1 })
      tried++
      reports.push(report)
      const violation = expected(mutant, report)
      if (violation && (await keepsPromises(hint))) return { tried, reports, violation: named(mutant, violation) }
    }
    for (let from = seed; from < seed + seeds; ) {
      const report = await simulate({
        bundle,
        store,
        focus,
        seed: from,
        seeds: seed + seeds - from,
        jobs,
        stopAfter: 1,
      })
      tried += report.seeds
      reports.push(report)
      const violation = expected(mutant, report)
      if (violation && (await keepsPromises(violation.seed)))
        return { tried, reports, violation: named(mutant, violation) }
      if (report.violations.length === 0) break
      // The other processes had further seeds under way: those are looked at again.
      from = Math.min(...report.violations.map((each) => each.seed)) + 1
    }
    return { tried, reports, violation: undefined }
  } finally {
    rmSync(bundle, { force: true })
  }
}

/** What the mutant is known by: another promise broken would be luck, and is no find. */
function expected(mutant, { violations }) {
  return [...violations]
    .sort((a, b) => a.seed - b.seed)
    .find(({ invariants }) => invariants.some((invariant) => mutant.expect.includes(invariant)))
}

function named(mutant, violation) {
  return { ...violation, command: `npm run -s sim -- --mutant ${mutant.name} --seed ${violation.seed} --seeds 1` }
}

async function isKept(bundler, where) {
  const bundle = await bundler.clean()
  const report = await simulate({ bundle, ...where, seeds: 1 })
  return report.violations.length === 0
}

/** @returns The seed on which each mutant was found the last time. */
export function readHints() {
  return JSON.parse(readFileSync(hintsFile, 'utf8'))
}

/** Keeps on which seeds the mutants showed. */
export function saveHints(found) {
  const hints = { ...readHints(), ...found }
  const sorted = Object.fromEntries(Object.entries(hints).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(hintsFile, `${JSON.stringify(sorted, null, 2)}\n`)
}
