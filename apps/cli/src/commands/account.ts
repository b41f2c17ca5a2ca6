import type { Command } from 'commander'
import { balanceTable, positionTable } from '../describe.js'
import { withHome } from './define.js'

/** `tidegate balances`, `tidegate positions`. */
export function addAccountCommands(program: Command): void {
  withHome<object, []>(program.command('balances').description('what the account holds'), async (session) => {
    const answer = await session.resource('account://balances')
    return { value: answer, human: balanceTable(answer) }
  })
  withHome<object, []>(program.command('positions').description('open positions and their result'), async (session) => {
    const answer = await session.resource('account://positions')
    return { value: answer, human: positionTable(answer) }
  })
}
