import type { Command } from 'commander'
import { approvalTable, lines } from '../describe.js'
import { withHome } from './define.js'

/** `tidegate approvals list|approve|deny`. */
export function addApprovalCommands(program: Command): void {
  const approvals = program.command('approvals').description('orders that wait for a person')
  withHome<{ all?: boolean }, []>(
    approvals.command('list').description('what waits').option('--all', 'decided ones, too'),
    async (session, options) => {
      const answer = await session.control('approvals_list', options.all ? { pending_only: false } : {})
      return { value: answer, human: approvalTable(answer) }
    },
  )
  for (const verb of ['approve', 'deny'] as const) {
    withHome<{ reason?: string }, [string]>(
      approvals
        .command(verb)
        .description(verb === 'approve' ? 'let the order go' : 'refuse the order')
        .argument('<intent-id>')
        .option('--reason <text>', 'why; kept in the audit'),
      async (session, options, intentId) => {
        const answer = await session.control(`approvals_${verb}`, {
          intent_id: intentId,
          ...(options.reason ? { reason: options.reason } : {}),
        })
        return { value: answer, human: lines(answer) }
      },
    )
  }
}
