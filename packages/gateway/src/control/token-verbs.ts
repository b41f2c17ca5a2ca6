import type { JsonObject } from '@tidegate/mcp-adapter'
import {
  type Clock,
  ConfigError,
  InputError,
  type Journal,
  NotFoundError,
  type Principal,
  type Random,
  type TokenRow,
} from '@tidegate/trading-model'
import { z } from 'zod'
import type { AgentDirectory } from '../access/agent-directory.js'
import { AGENT_TOKEN_PREFIX } from '../access/gatekeeper.js'
import { hashToken, newToken } from '../http/tokens.js'

/** An old and a new one, so that a token can be changed without a pause. */
const MAX_ACTIVE = 2
const ID_LENGTH = 12

export interface TokenVerbsDeps {
  readonly journal: Journal
  readonly agents: AgentDirectory
  readonly random: Random
  readonly clock: Clock
  /** Who acts at the operator's door. */
  readonly operator: Principal
}

const createArguments = z.strictObject({
  agent: z.string().min(1).max(120),
  /** Ms since epoch; absent: it never expires by itself. */
  expires_at_ms: z.number().int().optional(),
  /** False: the hash goes into the configuration instead of the store. */
  keep: z.boolean().default(true),
})
const revokeArguments = z.strictObject({
  agent: z.string().min(1).max(120),
  /** The first digits of its hash, as `tokens_list` shows them; absent: every active token of the agent. */
  id: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/, 'is no id of a token: 8 and more of its hex digits')
    .optional(),
})

type Verb = (args: JsonObject) => Promise<JsonObject>

/**
 * The verbs of the operator's door that make and end the tokens of agents. Of a token only the hash is kept; it is in the answer to
 * `tokens_create` and never again.
 */
export function tokenVerbs(deps: TokenVerbsDeps): Readonly<Record<string, Verb>> {
  const { journal, agents, random, clock, operator } = deps

  const principalOf = (name: string): Principal => {
    const principal = agents.principalOf(name)
    if (principal) return principal
    throw new NotFoundError(`There is no agent ${JSON.stringify(name.slice(0, 60))}`, {
      hint: `the agents are ${agents.names.join(', ')}; others are named under agents: in the configuration`,
    })
  }

  const show = (row: TokenRow, source: 'store' | 'configuration'): JsonObject => ({
    id: row.hash.slice(0, ID_LENGTH),
    agent: row.principal,
    role: agents.principalOf(row.principal)?.role ?? row.role,
    state: stateOf(row, clock.nowMs(), agents),
    source,
    created_at: source === 'store' ? iso(row.createdAtMs) : null,
    expires_at: iso(row.expiresAtMs),
    last_used_at: iso(row.lastUsedAtMs),
    revoked_at: iso(row.revokedAtMs),
  })

  /** Tokens of the configuration are known to the store only once they are revoked. */
  const configuredRows = (name: string, stored: readonly TokenRow[]): readonly TokenRow[] =>
    agents
      .tokenHashesOf(name)
      .filter((hash) => !stored.some((row) => row.hash === hash))
      .map((hash) => ({ hash, principal: name, role: principalOf(name).role, createdAtMs: 0 }))

  return {
    async tokens_create(args) {
      const { agent, expires_at_ms: expiresAtMs, keep } = parse(createArguments, args)
      const { name, role } = principalOf(agent)
      const createdAtMs = clock.nowMs()
      if (expiresAtMs !== undefined && expiresAtMs <= createdAtMs) {
        throw new InputError([
          { field: 'expires', problem: 'has passed already', fix: 'name a time to come, such as 90d' },
        ])
      }
      const inConfiguration = configuredRows(name, await journal.listTokens()).length
      const secret = newToken(random, AGENT_TOKEN_PREFIX)
      const hash = hashToken(secret).toString('hex')
      const isKept =
        !keep ||
        (await journal.saveToken({
          hash,
          principal: name,
          role,
          createdAtMs,
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
          maxActive: MAX_ACTIVE - inConfiguration,
        }))
      if (!isKept) {
        throw new ConfigError('ERR_CONFIG_INVALID', `${name} has ${MAX_ACTIVE} active tokens already`, {
          hint: 'revoke the one that is not in use any more: tidegate tokens list shows when each was used last',
        })
      }
      const id = hash.slice(0, ID_LENGTH)
      await journal.audit({
        actor: operator.name,
        type: 'token.created',
        body: { agent: name, role, id, expires_at: iso(expiresAtMs), for_configuration: !keep },
      })
      return {
        ok: true,
        id,
        agent: name,
        role,
        token: secret,
        sha256: hash,
        expires_at: iso(expiresAtMs),
      }
    },

    async tokens_list(args) {
      const { agent } = parse(z.strictObject({ agent: z.string().max(120).optional() }), args)
      const stored = await journal.listTokens()
      const names = agent === undefined ? agents.names : [principalOf(agent).name]
      return {
        ok: true,
        tokens: [
          ...stored.filter((row) => agent === undefined || row.principal === agent).map((row) => show(row, 'store')),
          ...names.flatMap((name) => configuredRows(name, stored)).map((row) => show(row, 'configuration')),
        ],
      }
    },

    async tokens_revoke(args) {
      const { agent, id } = parse(revokeArguments, args)
      const stored = await journal.listTokens()
      const configured = agents.principalOf(agent) ? configuredRows(agent, stored) : []
      const active = [...stored, ...configured].filter(
        (row) => row.principal === agent && row.revokedAtMs === undefined,
      )
      const meant = active.filter((row) => id === undefined || row.hash.startsWith(id))
      if (meant.length === 0) {
        throw new NotFoundError(`${JSON.stringify(agent.slice(0, 60))} has no such token to revoke`, {
          hint: `what it has: ${active.map((row) => row.hash.slice(0, ID_LENGTH)).join(', ') || 'none'}`,
        })
      }
      for (const row of meant) {
        // One that stands in the configuration has to be in the store to be revoked there.
        if (configured.includes(row)) await journal.saveToken({ ...row, createdAtMs: clock.nowMs() })
        await journal.revokeToken(row.hash, operator.name)
      }
      return { ok: true, agent, revoked: meant.map((row) => row.hash.slice(0, ID_LENGTH)) }
    },
  }
}

function stateOf(row: TokenRow, nowMs: number, agents: AgentDirectory): string {
  if (row.revokedAtMs !== undefined) return 'revoked'
  if (row.expiresAtMs !== undefined && nowMs >= row.expiresAtMs) return 'expired'
  return agents.principalOf(row.principal) ? 'active' : 'no such agent'
}

function iso(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString()
}

function parse<S extends z.ZodType>(schema: S, args: JsonObject): z.output<S> {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  throw new InputError(
    parsed.error.issues.map((issue) => ({
      field: issue.path.join('.') || 'args',
      problem: issue.message,
      fix: 'correct it and call again',
    })),
  )
}
