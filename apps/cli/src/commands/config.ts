import { redact } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { lines } from '../describe.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { acceptGlobalFlags } from './define.js'

/** `tidegate config check`: reads the configuration as a start would, and opens nothing. */
export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('the configuration')
  const check = acceptGlobalFlags(config.command('check').description('read it, check it, show what is in force'))
  check.action(async () => {
    const flags = check.optsWithGlobals<GlobalFlags>()
    const found = await readConfig(flags)
    const shown = JSON.parse(JSON.stringify(redact(found))) as Record<string, unknown>
    createOutput(flags.json === true).result({ ok: true, config: shown, warnings: found.warnings }, [
      ...lines(shown),
      ...found.warnings.map((warning) => `warning: ${warning}`),
      'The configuration is sound.',
    ])
  })
}
