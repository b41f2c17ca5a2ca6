import { InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { acceptGlobalFlags } from './define.js'

/** `tidegate live-check`: every difference between Coinbase's answers and our schemas. Exit 0: none, 1: some, 2: usage. */
export function addLiveCheckCommand(program: Command): void {
  const command = acceptGlobalFlags(
    program
      .command('live-check')
      .description('compare what Coinbase answers with what we expect; sends reads only, with your key')
      .option('--yes-read-only', 'yes, send read-only requests to Coinbase'),
  )
  command.action(async () => {
    const flags = command.optsWithGlobals<GlobalFlags & { yesReadOnly?: boolean }>()
    if (flags.yesReadOnly !== true) {
      throw new InputError([
        {
          field: '--yes-read-only',
          problem: 'is missing: the live check sends requests to Coinbase with your key, so it wants to be asked for',
          fix: 'add --yes-read-only to go ahead',
        },
      ])
    }
    const config = await readConfig(flags)
    const { liveCheck } = await import('@tidegate/gateway')
    const report = await liveCheck(config)
    createOutput(flags.json === true).result({ schema: 'tidegate.live-check/1', ...report }, [
      ...report.results.flatMap(({ endpoint, verdict, differences, error }) => [
        `${verdict.padEnd(9)} ${endpoint}${error ? `: ${error.message}` : ''}`,
        ...differences.map(({ kind, path, detail, count }) => `          ${kind} ${path}: ${detail} (${count}x)`),
      ]),
      `${report.requests} requests, ${report.differences} differences, ${report.failed} without an answer.`,
    ])
    process.exitCode = report.ok ? EXIT.ok : EXIT.refused
  })
}
