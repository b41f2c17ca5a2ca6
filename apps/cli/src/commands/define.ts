import type { Command } from 'commander'
import { exitCodeOf } from '../exit-code.js'
import { type GlobalFlags, type Session, withSession } from '../session.js'

/** What a command found, and how a person reads it. */
export interface Answer {
  readonly value: Readonly<Record<string, unknown>>
  readonly human: readonly string[]
}

/**
 * Ends a command that needs an open home: runs it, prints the answer, sets the exit code.
 * `--json` may stand before or after the command's name.
 */
export function withHome<Options, Args extends readonly (string | undefined)[]>(
  command: Command,
  action: (session: Session, options: Options, ...args: Args) => Promise<Answer>,
): void {
  acceptGlobalFlags(command)
  command.action(async (...received: unknown[]) => {
    const args = received.slice(0, command.registeredArguments.length) as unknown as Args
    const options = command.opts() as Options
    await withSession(command.optsWithGlobals<GlobalFlags>(), async (session) => {
      const answer = await action(session, options, ...args)
      session.output.result(answer.value, answer.human)
      process.exitCode = exitCodeOf(answer.value)
    })
  })
}

/** The flags every command takes, also after its name. */
export function acceptGlobalFlags(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout')
    .option('--home <folder>', 'where state is kept')
    .option('--config <file>', 'configuration file')
    .option('--environment <name>', 'paper, sandbox or production')
}
