import type { JsonObject } from '@tidegate/mcp-adapter'
import type { Command } from 'commander'
import { describeStatus, lines } from '../describe.js'
import type { Session } from '../session.js'
import { withHome } from './define.js'

const READY_LOOKS = 25
const READY_PAUSE_MS = 200

/** A halt that does not get through the door goes by file. */
async function haltAccount(session: Session, reason: string): Promise<JsonObject> {
  const { haltHome } = await import('@tidegate/gateway')
  const halt = await haltHome(session.config, session.home, reason)
  if (halt.how === 'mode') return halt.answer
  return {
    ok: true,
    scope: 'account',
    mode: 'HALTED',
    halted_by_file: halt.path,
    because: halt.because,
    next: 'nothing new is sent while the file is there; take it away to trade again',
  }
}

/** `tidegate status|halt|reduce-only|resume`. */
export function addModeCommands(program: Command): void {
  withHome<object, []>(program.command('status').description('what runs, in which mode, and why'), async (session) => {
    let answer = await session.control('status')
    // A home that this command opened itself is still recovering; a moment later it says something.
    for (let look = 0; look < READY_LOOKS && answer['ready'] !== true && session.home.role() === 'owner'; look++) {
      await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS))
      answer = await session.control('status')
    }
    return { value: answer, human: describeStatus(answer) }
  })
  const change = (name: string, verb: string, what: string): void => {
    withHome<{ scope: string; reason: string; cancelAll?: boolean }, []>(
      program
        .command(name)
        .description(what)
        .option('--scope <scope>', 'account, product:ID or agent:NAME', 'account')
        .option('--reason <text>', 'why; kept in the audit', `tidegate ${name}`)
        .option('--cancel-all', 'then cancel everything that is live'),
      async (session, options) => {
        const answer =
          verb === 'halt' && options.scope === 'account'
            ? await haltAccount(session, options.reason)
            : await session.control(verb, { scope: options.scope, reason: options.reason })
        if (!options.cancelAll) return { value: answer, human: lines(answer) }
        const cancelled = await session.tool('cancel_all_orders', {})
        return { value: { ...answer, cancelled }, human: [...lines(answer), ...lines(cancelled)] }
      },
    )
  }
  change('halt', 'halt', 'stop all new orders at once; cancels still work')
  change('reduce-only', 'reduce_only', 'let through only what brings exposure down')
  change('resume', 'resume', 'take orders again')
}
