import { InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { say, table } from '../output.js'
import { withHome } from './define.js'

const DAY_MS = 86_400_000
const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS }

/** `tidegate tokens create|list|revoke`. */
export function addTokenCommands(program: Command): void {
  const tokens = program.command('tokens').description('tokens with which agents call over HTTP and attach')

  withHome<{ agent: string; expires: string; forConfig?: boolean }, []>(
    tokens
      .command('create')
      .description('make a token for an agent; it is printed once and kept as a hash')
      .requiredOption('--agent <name>', 'an agent of the configuration, or local')
      .option('--expires <when>', 'how long it is valid (90d, 12h, 30m), a time (ISO 8601 with zone), or never', '90d')
      .option('--for-config', 'keep nothing; print the line for the configuration instead'),
    async (session, { agent, expires, forConfig }) => {
      const expiresAtMs = forConfig ? undefined : readExpiry(expires, Date.now())
      const answer = await session.control('tokens_create', {
        agent,
        ...(expiresAtMs === undefined ? {} : { expires_at_ms: expiresAtMs }),
        ...(forConfig ? { keep: false } : {}),
      })
      return {
        value: answer,
        human: [
          say(answer['token']),
          `This is the token of ${say(answer['agent'])} (${say(answer['role'])}); it is not shown again.`,
          forConfig
            ? `It is valid once agents.${say(answer['agent'])} in the configuration has  token_sha256: ${say(answer['sha256'])}`
            : `Its id is ${say(answer['id'])}; it ${answer['expires_at'] ? `expires ${say(answer['expires_at'])}` : 'does not expire by itself'}.`,
          'Give it as Authorization: Bearer over HTTP, or in TIDEGATE_AGENT_TOKEN to the stdio server.',
        ],
      }
    },
  )

  withHome<{ agent?: string }, []>(
    tokens
      .command('list')
      .description('which tokens there are, and when each was used last; never the tokens')
      .option('--agent <name>', 'only those of one agent'),
    async (session, { agent }) => {
      const answer = await session.control('tokens_list', agent === undefined ? {} : { agent })
      const rows = answer['tokens'] as readonly Readonly<Record<string, unknown>>[]
      const columns = ['id', 'agent', 'role', 'state', 'source', 'created_at', 'expires_at', 'last_used_at']
      return {
        value: answer,
        human:
          rows.length === 0
            ? ['There are no tokens.']
            : table([columns, ...rows.map((row) => columns.map((name) => say(row[name])))]),
      }
    },
  )

  withHome<{ agent: string; id?: string }, []>(
    tokens
      .command('revoke')
      .description('end tokens of an agent at once, also in gateways that run')
      .requiredOption('--agent <name>', 'whose')
      .option('--id <id>', 'which one, as tokens list shows it; absent: all of them'),
    async (session, { agent, id }) => {
      const answer = await session.control('tokens_revoke', { agent, ...(id === undefined ? {} : { id }) })
      const revoked = answer['revoked'] as readonly string[]
      return { value: answer, human: [`Revoked: ${revoked.join(', ')}. They open nothing any more.`] }
    },
  )
}

/**
 * When a token ends.
 *
 * @returns Ms since epoch; `undefined` for never.
 * @throws {InputError} for text that is neither a span, a time with zone, nor `never`.
 */
export function readExpiry(text: string, nowMs: number): number | undefined {
  if (text === 'never') return undefined
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return nowMs + Number(count) * (unitMs[unit] ?? DAY_MS)
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
  const atMs = isTime ? Date.parse(text) : Number.NaN
  if (Number.isFinite(atMs)) return atMs
  throw new InputError([
    {
      field: 'expires',
      problem: `${JSON.stringify(text.slice(0, 40))} is neither a span nor a time`,
      fix: 'write 90d, 12h, 30m, 2027-01-31T00:00:00Z, or never',
    },
  ])
}
