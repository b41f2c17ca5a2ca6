import { resolve } from 'node:path'
import { InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'

type RecordFlags = GlobalFlags & { readonly out: string; readonly seconds?: string }

/** What a timer can wait, about 24 days. */
const maxSeconds = 2_000_000

/** `tidegate paper record`: the venue's public stream on a tape. */
export function addPaperRecordCommand(paper: Command): void {
  const record = acceptGlobalFlags(paper.command('record'))
    .description('record the public market stream to a tape, to be played with --prices tape:FILE')
    .requiredOption('--out <file>', 'a new file')
    .option('--seconds <n>', 'how long; until Ctrl-C when left out')
  record.action(async () => {
    process.exitCode = await recordTape(record.optsWithGlobals<RecordFlags>())
  })
}

async function recordTape(flags: RecordFlags): Promise<number> {
  const seconds = flags.seconds === undefined ? undefined : Number(flags.seconds)
  if (seconds !== undefined && !(seconds > 0 && seconds <= maxSeconds)) {
    const problem = `is ${JSON.stringify(flags.seconds)}, no number of seconds up to ${maxSeconds}`
    throw new InputError([
      { field: '--seconds', problem, fix: 'Write e.g. --seconds 60, or leave it out and press Ctrl-C' },
    ])
  }
  const config = await readConfig({ ...flags, environment: 'paper' })
  const output = createOutput(flags.json === true)
  const { openTapeRecorder } = await import('@tidegate/gateway')
  const file = resolve(flags.out)
  const recording = await openTapeRecorder(config, file)
  output.progress(`Recording ${recording.productIds.join(', ')} …`)
  try {
    if (seconds !== undefined) await new Promise((wake) => setTimeout(wake, seconds * 1_000))
    else await untilStopped()
  } finally {
    recording.stop()
  }
  const events = recording.events()
  output.result({ ok: events > 0, file, events, productIds: recording.productIds }, [
    events > 0 ? `${events} events on ${file}.` : `Nothing was heard; ${file} is empty.`,
  ])
  return events > 0 ? EXIT.ok : EXIT.refused
}
