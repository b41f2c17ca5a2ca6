/* oxlint-disable no-restricted-properties, no-restricted-globals, no-console -- the composition root: here the simulator meets the machine */
import { parseArgs } from 'node:util'
import { findCheckpoint } from './core/drain.js'
import { trapRealWorld } from './core/real-world-trap.js'
import { FAULT_KINDS, FOCUS_THEMES } from './faults/fault-mix.js'
import { runSeed } from './run-seed.js'
import { createTally } from './tally.js'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    list: { type: 'string' },
    store: { type: 'string', default: 'model' },
    trace: { type: 'boolean', default: false },
    faults: { type: 'string', default: 'on' },
    focus: { type: 'string', default: '' },
    twice: { type: 'string', default: '0' },
    'stop-after': { type: 'string', default: '20' },
  },
})
const store = values.store === 'sqlite' ? ('sqlite' as const) : ('model' as const)
const first = Number(values.seed)
const seeds = values.list?.split(',').map(Number) ?? Array.from({ length: Number(values.seeds) }, (_, at) => first + at)
const twice = Number(values.twice)
const focus = [...FAULT_KINDS, ...FOCUS_THEMES].filter((kind) => values.focus.split(',').includes(kind))
const options = {
  store,
  keepsTrace: values.trace,
  faults: values.faults !== 'off',
  focus,
  checkpoint: findCheckpoint(),
}
const tally = createTally(store, focus)
const restore = trapRealWorld()

for (const [at, seed] of seeds.entries()) {
  const result = await runSeed(seed, options)
  tally.add(result)
  if (at < twice) {
    // The other way round the promises' queue: the same must come of it.
    const again = await runSeed(seed, { ...options, checkpoint: undefined })
    if (again.hash !== result.hash) tally.blame(seed, 'I15', `hash ${result.hash}, then ${again.hash}`)
  }
  if (values.trace) for (const line of result.trace) process.stderr.write(`${line}\n`)
  if (tally.violations.length >= Number(values['stop-after'])) break
}
restore()
process.stdout.write(`${JSON.stringify({ ...tally.report(), cpuSeconds: cpuSeconds() })}\n`)

/** What this process has computed, whoever else wanted the machine. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
