import type { Config } from '@tidegate/gateway'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { askForCode } from '../ask-for-code.js'
import { lines } from '../describe.js'
import { createOutput, say, table } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { acceptGlobalFlags, withHome } from './define.js'

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `tidegate policy show|reload|loosen|check|replay`. */
export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('the limits: what is in force, and what others would have said')

  withHome<object, []>(
    policy.command('show').description('the limits in force, of the account and of each agent'),
    async (session) => {
      const answer = await session.control('policy_show')
      return { value: answer, human: lines(answer) }
    },
  )

  withHome<object, []>(
    policy
      .command('reload')
      .description('read the file of the running gateway again: tighter limits hold at once, looser ones wait for you'),
    async (session) => {
      const answer = await session.control('policy_reload')
      return { value: answer, human: lines(answer) }
    },
  )

  withHome<{ approver?: string; code?: string }, [string]>(
    policy
      .command('loosen')
      .description('agree to the looser limits that wait, or lift what agents laid over the limits')
      .argument('<version>', 'what waits, as `policy show` tells it; the first 8 and more digits')
      .option('--approver <name>', 'who agrees; needed where approving takes a code')
      .option('--code <digits>', 'from your authenticator; asked for when it is not given'),
    async (session, { approver, code }, version) => {
      const given = code ?? (await askForCode(approver))
      const answer = await session.control('policy_loosen', {
        version,
        ...(approver === undefined ? {} : { approver }),
        ...(given === undefined ? {} : { code: given }),
      })
      return { value: answer, human: lines(answer) }
    },
  )

  const check = acceptGlobalFlags(
    policy
      .command('check')
      .description('read the limits of a configuration file and show what they come to; opens nothing')
      .argument('<file>', 'configuration file with policy:, safety: and agents:'),
  )
  check.action(async (file: string) => {
    const flags = check.optsWithGlobals<GlobalFlags>()
    const texts = await policiesOf(await readConfig({ ...flags, config: file }))
    const shown = {
      ok: true,
      policy: JSON.parse(texts.policy) as JsonObject,
      agents: Object.fromEntries(
        Object.entries(texts.agents).map(([name, text]) => [name, JSON.parse(text) as JsonObject]),
      ),
    }
    createOutput(flags.json === true).result(shown, [...lines(shown), 'The limits are sound.'])
  })

  withHome<{ policy: string; since?: string }, []>(
    policy
      .command('replay')
      .description('decide the recorded orders again under other limits: what would have been stopped, or let through')
      .requiredOption('--policy <file>', 'configuration file with policy:, safety: and agents:')
      .option('--since <when>', 'a time (2026-11-01T00:00:00Z) or how far back: 90m, 12h, 7d, 4w; all when absent'),
    async (session, options) => {
      const flags = { config: options.policy, environment: session.config.environment }
      const texts = await policiesOf(await readConfig(flags))
      const sinceMs = options.since === undefined ? undefined : momentOf(options.since, await now())
      const answer = await session.control('policy_replay', {
        ...texts,
        ...(sinceMs === undefined ? {} : { since_ms: sinceMs }),
      })
      return { value: answer, human: describeReplay(answer) }
    },
  )
}

async function now(): Promise<number> {
  const { createRuntime } = await import('@tidegate/gateway')
  return createRuntime().clock.nowMs()
}

/** The policies of a configuration in their one text. */
async function policiesOf(
  config: Config,
): Promise<{ readonly policy: string; readonly agents: Record<string, string> }> {
  const { serializePolicy } = await import('@tidegate/gateway')
  return {
    policy: serializePolicy(config.policy),
    agents: Object.fromEntries(config.agents.map(({ name, policy }) => [name, serializePolicy(policy)])),
  }
}

/**
 * Ms since epoch of a time, or of a stretch before `nowMs`.
 *
 * @throws {InputError} `ERR_INPUT_INVALID`: it is neither.
 */
export function momentOf(text: string, nowMs: number): number {
  const back = /^(\d{1,6})([mhdw])$/.exec(text)
  if (back) return Math.max(0, nowMs - Number(back[1]) * UNITS_MS[back[2] as keyof typeof UNITS_MS])
  const atMs = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(atMs) && atMs >= 0) return atMs
  throw new InputError([
    {
      field: '--since',
      problem: `${JSON.stringify(text.slice(0, 40))} is no time`,
      fix: 'write 2026-11-01T00:00:00Z, 2026-11-01, or 90m, 12h, 7d, 4w',
    },
  ])
}

function describeReplay(answer: JsonObject): readonly string[] {
  const changes = answer['changes'] as readonly JsonObject[]
  const rows = changes.map((change) => {
    const terms = change['terms'] as JsonObject
    return [
      say(change['at']),
      say(change['agent']),
      `${say(terms['side'])} ${say(terms['base_size'] ?? `for ${say(terms['quote_size'])}`)} ${say(terms['product_id'])}`,
      `${say(change['before'])} → ${say(change['after'])}`,
      (change['reasons'] as readonly string[]).join(' ') || (change['removed'] as readonly string[]).join(', '),
    ]
  })
  return [
    `${say(answer['evaluated'])} orders decided again: ${say(answer['unchanged'])} as before, ${say(answer['now_denied'])} would be denied, ${say(answer['now_approved'])} would be let through, ${say(answer['now_needs_approval'])} would need approval.`,
    ...(rows.length === 0 ? [] : ['', ...table([['when', 'agent', 'order', 'verdict', 'why'], ...rows])]),
    ...(answer['changes_not_shown'] === 0 ? [] : [`… and ${say(answer['changes_not_shown'])} more`]),
    ...skippedLines(answer['skipped'] as JsonObject),
    '',
    say(answer['note']),
  ]
}

function skippedLines(skipped: JsonObject): readonly string[] {
  const named: readonly (readonly [string, string])[] = [
    ['changes_of_orders', 'edits and replacements, which are decided beside their order'],
    ['not_decided_here', 'orders from outside'],
    ['unreadable', 'recorded by another version'],
  ]
  const told = named.filter(([key]) => skipped[key] !== 0).map(([key, what]) => `${say(skipped[key])} ${what}`)
  return told.length === 0 ? [] : ['', `Left out: ${told.join('; ')}.`]
}
