import { type AuditEntry, type Journal, ROLES } from '@tidegate/trading-model'
import { z } from 'zod'
import type { AgentDirectory } from './agent-directory.js'

const RECORDED = 'access.recorded'
const PAGE = 500
const ID_DIGITS = 12

const agentSchema = z.object({
  role: z.enum(ROLES),
  /** Null: all of the role. */
  permissions: z.array(z.string()).nullable(),
  /** First digits of the hashes that stand in the configuration. */
  tokens: z.array(z.string()),
})
const rosterSchema = z.object({
  agents: z.record(z.string(), agentSchema),
  /** Fingerprints of their secrets. */
  approvers: z.record(z.string(), z.string()),
})

/** Who may do what, as one start of a gateway finds it: nothing in it opens anything. */
export type AccessRoster = z.output<typeof rosterSchema>

/** How a difference came to light. */
export type Found = 'at start' | 'while running' | 'told by the operator'

/** One thing that has changed about who may do what, for the audit log. */
export interface AccessChange {
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Keeps the record of who may do what in the audit chain. */
export interface AccessRecord {
  /** Compares with what was recorded last and writes an entry for each difference; what is recorded is {@link AccessRecord.known} then. */
  record(now: AccessRoster, found: Found): Promise<readonly AccessChange[]>
  known(): AccessRoster
}

/** The agents of a configuration, as the record has them. */
export function rosterOfAgents(agents: AgentDirectory): AccessRoster['agents'] {
  return Object.fromEntries(
    agents.names.flatMap((name) => {
      const principal = agents.principalOf(name)
      if (!principal) return []
      const permissions = principal.permissions?.toSorted() ?? null
      const tokens = agents.tokenHashesOf(name).map((hash) => hash.slice(0, ID_DIGITS))
      return [[name, { role: principal.role, permissions, tokens: tokens.toSorted() }]]
    }),
  )
}

/**
 * Reads what the store last knew, so that a change of a file is found at the next start at the latest.
 *
 * @param headSeq - Of an entry that this start wrote: everything of earlier ones lies before it.
 */
export async function openAccessRecord(
  journal: Pick<Journal, 'audit' | 'auditEntries'>,
  headSeq: number,
): Promise<AccessRecord> {
  let last = await readLast(journal, headSeq)

  return {
    known: () => last ?? { agents: {}, approvers: {} },
    async record(now, found) {
      const isFirst = last === undefined
      const changes = compareRosters(last ?? { agents: withoutTokens(now.agents), approvers: {} }, now)
      const actor = found === 'told by the operator' ? 'operator' : 'gateway'
      for (const { type, body } of changes) await journal.audit({ actor, type, body: { ...body, found } })
      // At each start once, so that the next one finds it without reading the whole log; what was written twice for a crash in
      // between is no harm.
      if (isFirst || changes.length > 0 || found === 'at start') {
        await journal.audit({ actor: 'gateway', type: RECORDED, body: { ...now } })
      }
      last = now
      return changes
    },
  }
}

/** What is different, in the order of names. */
export function compareRosters(before: AccessRoster, now: AccessRoster): readonly AccessChange[] {
  const changes: AccessChange[] = []
  const names = (key: keyof AccessRoster): readonly string[] =>
    [...new Set([...Object.keys(before[key]), ...Object.keys(now[key])])].toSorted()
  for (const approver of names('approvers')) {
    const [was, is] = [before.approvers[approver], now.approvers[approver]]
    if (was === is) continue
    const type = was === undefined ? 'approver.enrolled' : is === undefined ? 'approver.removed' : 'approver.replaced'
    changes.push({ type, body: { approver, fingerprint: is ?? null, before: was ?? null } })
  }
  for (const agent of names('agents')) {
    const [was, is] = [before.agents[agent], now.agents[agent]]
    if (was && !is) changes.push({ type: 'agent.removed', body: { agent, role: was.role } })
    if (!was && is) changes.push({ type: 'agent.added', body: { agent, role: is.role, permissions: is.permissions } })
    if (was && is && was.role !== is.role) {
      changes.push({ type: 'agent.role_changed', body: { agent, from: was.role, to: is.role } })
    }
    if (was && is && JSON.stringify(was.permissions) !== JSON.stringify(is.permissions)) {
      changes.push({ type: 'agent.permissions_changed', body: { agent, from: was.permissions, to: is.permissions } })
    }
    const [had, has] = [was?.tokens ?? [], is?.tokens ?? []]
    for (const id of has.filter((token) => !had.includes(token)))
      changes.push({ type: 'token.configured', body: { agent, id } })
    for (const id of had.filter((token) => !has.includes(token)))
      changes.push({ type: 'token.unconfigured', body: { agent, id } })
  }
  return changes
}

/** Of the agents a store never heard of only what opens something is worth an entry of its own. */
function withoutTokens(agents: AccessRoster['agents']): AccessRoster['agents'] {
  return Object.fromEntries(Object.entries(agents).map(([name, agent]) => [name, { ...agent, tokens: [] }]))
}

async function readLast(journal: Pick<Journal, 'auditEntries'>, headSeq: number): Promise<AccessRoster | undefined> {
  for (let end = headSeq; end > 0; end -= PAGE) {
    const fromSeq = Math.max(1, end - PAGE + 1)
    const page: readonly AuditEntry[] = await journal.auditEntries({ fromSeq, limit: end - fromSeq + 1 })
    const found = page.findLast(({ type, actor }) => type === RECORDED && actor === 'gateway')
    if (found) return rosterSchema.parse(JSON.parse(found.body))
  }
  return undefined
}
