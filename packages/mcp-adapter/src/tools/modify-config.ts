import { BaseError, InputError } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import type { LimitStep } from '../limits-door.js'
import { type ArgumentReader, readArguments, type TextPattern } from '../shared/read-arguments.js'
import { requireDoor } from '../shared/require-door.js'
import { untrustedText } from '../shared/untrusted-text.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, type PropertySchema, type ToolDefinition } from './tool.js'

const MAX_LISTED = 100
const MAX_REASON = 300

/** Limits that are one number, by their keys in the configuration. Text, so that no amount passes through a float. */
export const numberLimits = [
  'max_order_value_usd',
  'max_position_size_pct',
  'require_confirmation_above_usd',
  'max_orders_per_minute',
  'max_loss_per_day',
  'price_collar_pct',
  'max_market_age_ms',
  'max_account_age_ms',
  'max_orders_per_minute_per_agent',
  'max_orders_per_minute_per_product',
  'max_value_per_day',
  'max_value_per_day_per_agent',
  'max_value_per_day_per_product',
  'max_open_orders',
  'max_open_value',
  'max_drawdown_pct',
  'drawdown_window_days',
  'duplicate_order_window_ms',
  'max_reentries',
  'reentry_window_ms',
  'max_price_jump_pct',
  'price_jump_window_ms',
  'max_open_orders_per_agent',
  'max_open_value_per_agent',
] as const
export const flagLimits = ['refuse_self_match', 'approve_reductions'] as const
export const listLimits = ['allow_products', 'deny_products'] as const

const NUMBER: TextPattern = { test: /^(off|\d{1,18}(\.\d{1,18})?)$/, as: 'a plain decimal such as "50"' }
const LISTED: TextPattern = { test: /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3}$/, as: 'a product id such as BTC-USD' }
const SIZES: TextPattern = {
  test: /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3} \d{1,18}(\.\d{1,18})?(, ?[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3} \d{1,18}(\.\d{1,18})?){0,99}$/,
  as: 'product ids with sizes such as "BTC-USD 0.5, ETH-USD 2"',
}
const AGENT: TextPattern = { test: /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, as: 'the name of an agent' }

const strings: PropertySchema = { type: 'array', items: { type: 'string' } }

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    agent: { type: 'string', description: 'Only this agent; without it the account and every agent' },
    reason: { type: 'string', description: 'Why, for the audit and the person who may lift it' },
    ...Object.fromEntries(numberLimits.map((key) => [key, { type: 'string' }])),
    ...Object.fromEntries(flagLimits.map((key) => [key, { type: 'boolean' }])),
    ...Object.fromEntries(listLimits.map((key) => [key, strings])),
    max_order_size: { type: 'string', description: '"BTC-USD 0.5, ETH-USD 2"' },
  },
  required: ['reason'],
}

export const modifyConfigTool: ToolDefinition = {
  name: 'modify_config',
  title: 'Tighten limits',
  description:
    'Tighten limits, named as in the configuration file, at once and for good. All of it or nothing: one that is not tighter refuses the call. Only a person loosens limits.',
  inputSchema,
  outputSchema: outputSchema(
    { success: 'boolean', outcome: 'string', env: 'string', next: 'string' },
    { changes: 'objects', looser: 'objects', error: 'object', version: 'string', agent: 'string' },
  ),
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  permissions: ['modify_config'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const agent = reader.text('agent', AGENT)
    const reason = reader.requiredText('reason')
    const settings = readSettings(reader, args)
    if (Object.keys(settings).length === 0) {
      reader.refuse({
        field: 'limits',
        problem: 'none is named',
        fix: 'name at least one, such as max_order_value_usd',
      })
    }
    reader.check()
    const limits = requireDoor(context.limits, 'limits that change while it runs')
    const env = context.desk.environment
    const result = await asInput(
      limits.tighten(context.principal, { agent, settings, reason: untrustedText(reason, MAX_REASON) }),
    )
    const whose = agent === undefined ? {} : { agent }
    if (result.kind === 'refused') {
      return {
        success: false,
        outcome: 'refused',
        ...whose,
        looser: result.looser.map(showStep),
        ...refusal(result.looser),
        env,
      }
    }
    if (result.kind === 'nothing_left') {
      throw new InputError([
        {
          field: 'allow_products, deny_products',
          problem: 'would leave no product to trade',
          fix: 'leave one, or stop all orders with halt_trading or tidegate halt',
        },
      ])
    }
    if (result.kind === 'unchanged') {
      const next = 'Nothing was changed: what is in force is as tight already.'
      return { success: true, outcome: 'unchanged', ...whose, changes: [], env, next }
    }
    return {
      success: true,
      outcome: 'tightened',
      ...whose,
      changes: result.changes.map(showStep),
      version: result.version,
      env,
      next: `In force now, in every gateway on this store and after a restart. Only a person lifts it: tidegate policy loosen ${result.version} --approver NAME.`,
    }
  },
}

function readSettings(reader: ArgumentReader, args: JsonObject): Record<string, unknown> {
  const numbers = numberLimits.map((key) => {
    const value = args[key]
    // A whole number loses nothing on its way here.
    return [key, typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : reader.text(key, NUMBER)]
  })
  const flags = flagLimits.map((key) => [key, reader.flag(key)])
  const lists = listLimits.map((key) => [key, isThere(args, key) ? reader.texts(key, LISTED, MAX_LISTED) : undefined])
  const sizes = reader.text('max_order_size', SIZES)
  const table = sizes && Object.fromEntries(sizes.split(/, ?/).map((entry) => entry.split(' ')))
  return Object.fromEntries(
    [...numbers, ...flags, ...lists, ['max_order_size', table]].filter(([, value]) => value !== undefined),
  )
}

function isThere(args: JsonObject, key: string): boolean {
  return args[key] !== undefined && args[key] !== null
}

/** A value that the policy cannot read is the caller's slip, not the owner's file. */
async function asInput<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!BaseError.isInstance(error) || error.code !== 'ERR_CONFIG_INVALID') throw error
    const key = error.context['key']
    throw new InputError([
      {
        field: typeof key === 'string' ? key : 'limits',
        problem: error.shortMessage,
        fix: error.hint ?? 'correct the value and call again',
      },
    ])
  }
}

function showStep({ key, from, to }: LimitStep): JsonObject {
  return { key, from, to }
}

function refusal(looser: readonly LimitStep[]): JsonObject {
  const told = looser.map(({ key, from, to }) => `${key} is ${from}, asked for ${to}`)
  const next =
    'Nothing was changed. Leave these out, or name tighter values. A person loosens: change the file, tidegate policy reload, tidegate policy loosen VERSION --approver NAME.'
  return {
    error: { code: 'ERR_LIMIT_LOOSER', message: `Not tighter: ${told.join('; ')}`, fix: next, retry: 'after-fix' },
    next,
  }
}
