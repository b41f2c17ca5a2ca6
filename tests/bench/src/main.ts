import { parseArgs } from 'node:util'
import { AXES } from './axes/index.js'
import { serveFanoutReceivers } from './fanout/receivers.js'
import { serveFanout } from './fanout/server.js'
import { type BenchDocument, isGood } from './report.js'
import { runBench } from './run-bench.js'
import { serveRounds } from './run-interleaved.js'
import { toText } from './to-text.js'

const usage = `npm run -s bench -- [--axis ${AXES.map(({ name }) => name).join('|')}] [--rounds N] [--json] [--tiny]`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      axis: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      tiny: { type: 'boolean', default: false },
    },
  })
  const unknown = values.axis?.filter((name) => !AXES.some((axis) => axis.name === name)) ?? []
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (unknown.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
    process.stderr.write(`${unknown.length > 0 ? `No axis is called ${unknown.join(', ')}.\n` : ''}${usage}\n`)
    return 2
  }
  const document: BenchDocument = await runBench(
    AXES.filter((axis) => values.axis?.includes(axis.name) ?? true),
    { rounds, scale: values.tiny ? 'tiny' : 'full', progress: (text) => process.stderr.write(`  ${text}\n`) },
  )
  process.stdout.write(values.json ? `${JSON.stringify(document)}\n` : toText(document))
  return isGood(document) ? 0 : 1
}

const [mode, axisName, name, scale] = process.argv.slice(2)
if (mode === '--contender') {
  const contender = AXES.find((axis) => axis.name === axisName)?.contenders.find((one) => one.name === name)
  if (!contender) throw new Error(`${axisName} has no contender ${name}`)
  serveRounds(contender, scale === 'tiny' ? 'tiny' : 'full')
} else if (mode === '--receivers') serveFanoutReceivers(axisName === 'tiny' ? 'tiny' : 'full')
else if (mode === '--fanout-server') void serveFanout(axisName === 'tiny' ? 'tiny' : 'full')
else {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(2)
    },
  )
}
