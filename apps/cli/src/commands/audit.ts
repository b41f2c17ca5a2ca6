import type { Command } from 'commander'
import { lines } from '../describe.js'
import { say } from '../output.js'
import { withHome } from './define.js'

/** `tidegate audit verify|show`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the chained record of everything that happened')
  withHome<object, []>(audit.command('verify').description('recompute the whole chain'), async (session) => {
    const answer = await session.control('audit_verify')
    return {
      value: answer,
      human: answer['ok']
        ? [`The audit chain is whole: ${say(answer['entries'])} entries, head ${say(answer['head']).slice(0, 16)}…`]
        : ['The audit chain is BROKEN.', ...lines(answer)],
    }
  })
  withHome<{ limit: string; intent?: string }, []>(
    audit
      .command('show')
      .description('the latest entries')
      .option('--limit <count>', 'how many', '20')
      .option('--intent <id>', 'only this intent'),
    async (session, options) => {
      const answer = await session.control('audit_show', {
        limit: Number(options.limit),
        ...(options.intent ? { intent_id: options.intent } : {}),
      })
      return { value: answer, human: lines(answer) }
    },
  )
}
