import { showBalances } from '../resources/balances.js'
import { showPositions } from '../resources/positions.js'
import { showProfile } from '../resources/profile.js'
import { readArguments } from '../shared/read-arguments.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const SECTIONS = ['balances', 'positions', 'profile'] as const

const inputSchema: InputSchema = {
  type: 'object',
  properties: { section: { type: 'string', enum: SECTIONS, default: 'balances' } },
}

export const getAccountTool: ToolDefinition = {
  name: 'get_account',
  title: 'Account',
  description:
    'balances: wallets. positions: size, value, P&L. profile: limits in force, permissions, fee tier, trading mode.',
  inputSchema,
  outputSchema: outputSchema(
    { env: 'string', as_of: 'string', age_ms: 'integer' },
    {
      accounts: 'objects',
      positions: 'objects',
      portfolio_value_usd: 'string',
      limits: 'object',
      fees: 'object',
      you: 'object',
    },
  ),
  hints: READS,
  permissions: ['read_accounts'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const section = reader.choice('section', SECTIONS) ?? 'balances'
    reader.check()
    if (section === 'positions') return showPositions(context)
    return section === 'profile' ? showProfile(context) : showBalances(context)
  },
}
