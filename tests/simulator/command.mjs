// `npm run -s sim -- --seeds N --seed S --store model|sqlite --mutant NAME|all --json`: the deterministic simulation.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { openBundler } from './bundle.mjs'
import { mutants } from './mutants.mjs'
import { addUp, hunt, saveHints, simulate } from './simulate.mjs'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'model' },
    mutant: { type: 'string' },
    jobs: { type: 'string', default: String(Math.min(2, cpus().length)) },
    twice: { type: 'string', default: '0' },
    focus: { type: 'string' },
    trace: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const seeds = values.seeds === undefined ? undefined : Number(values.seeds)
const jobs = values.trace ? 1 : Number(values.jobs)
if (!['model', 'sqlite'].includes(values.store) || !(seed >= 0) || seeds === 0) {
  process.stderr.write('--store is model or sqlite, --seed and --seeds are whole numbers\n')
  process.exit(2)
}
process.exit(values.mutant === undefined ? await runSeeds() : await huntMutants(values.mutant))

async function runSeeds() {
  const report = await simulate({
    store: values.store,
    seed,
    seeds: seeds ?? 1_000,
    jobs,
    twice: Number(values.twice),
    focus: values.focus?.split(',') ?? [],
    trace: values.trace,
  })
  const { violations } = report
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else {
    process.stdout.write(
      `${report.seeds} seeds on the ${report.store} store, ${report.seedsPerSecond} a second (${report.seedsPerCpuSecond} per second of one core), trace ${report.traceHash}\n` +
        `${report.intents} intents, ${report.orders} orders, ${report.simulatedHours} hours; ` +
        `${report.pairsVisited} of ${report.pairsTotal} pairs of state and event\n`,
    )
    for (const [kind, count] of Object.entries(report.faults)) process.stdout.write(`  ${kind.padEnd(26)}${count}\n`)
    for (const each of violations) {
      process.stdout.write(`seed ${each.seed} breaks ${each.invariant}: ${each.problem}\n  ${each.command}\n`)
    }
    process.stdout.write(
      violations.length === 0 ? 'no promise broken\n' : `${violations.length} seeds break a promise\n`,
    )
  }
  return violations.length === 0 ? 0 : 1
}

/** @returns 1 when found (one mutant) or when any is not found (all): what a gate wants to know; 2 when one no longer applies. */
async function huntMutants(name) {
  const wanted = name === 'all' ? mutants : mutants.filter((mutant) => mutant.name === name)
  if (wanted.length === 0) {
    process.stderr.write(`There is no mutant ${name}; there are ${mutants.map((mutant) => mutant.name).join(', ')}\n`)
    return 2
  }
  const rows = []
  const hints = {}
  const runs = []
  const started = performance.now()
  let isStale = false
  const bundler = await openBundler()
  for (const mutant of wanted) {
    try {
      const { tried, violation, reports } = await hunt(mutant, {
        bundler,
        seed,
        jobs,
        ...(seeds === undefined ? {} : { seeds }),
      })
      runs.push(...reports)
      rows.push({ name: mutant.name, found: violation !== undefined, seeds: tried, violation })
      if (violation) hints[mutant.name] = violation.seed
      process.stderr.write(
        `${violation ? 'found    ' : 'NOT FOUND'} ${mutant.name.padEnd(32)} ${violation ? `seed ${violation.seed}, ${violation.invariant}: ${violation.problem.slice(0, 120)}` : `in ${tried} seeds`}\n`,
      )
    } catch (error) {
      isStale = true
      rows.push({ name: mutant.name, found: false, seeds: 0, problem: error.message })
      process.stderr.write(`${error.message}\n`)
    }
  }
  await bundler.close()
  const found = rows.filter((row) => row.found).length
  if (values.json) {
    const violations = rows.flatMap((row) => (row.violation ? [{ mutant: row.name, ...row.violation }] : []))
    process.stdout.write(
      `${JSON.stringify({ ...addUp(runs, (performance.now() - started) / 1000), mutants: rows, violations })}\n`,
    )
  } else process.stdout.write(`${found} of ${rows.length} mutants found\n`)
  if (isStale) return 2
  if (name === 'all') {
    saveHints(hints)
    return found === rows.length ? 0 : 1
  }
  return found === 1 ? 1 : 0
}
