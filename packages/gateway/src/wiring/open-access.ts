import type { JsonObject } from '@tidegate/mcp-adapter'
import { type Disk, type Journal, type Log, NotReadyError, type Timers } from '@tidegate/trading-model'
import { type AccessRoster, type Found, openAccessRecord, rosterOfAgents } from '../access/access-record.js'
import type { AgentDirectory } from '../access/agent-directory.js'
import type { ApprovalDoor } from '../approvals/approval-door.js'
import { type ApproverBook, createApproverBook, fingerprintOf, UNREADABLE } from '../approvals/approver-book.js'
import type { IdentifyApprover } from '../approvals/identify-approver.js'
import type { Config } from '../config/config.js'
import type { Scrubber } from '../secrets/create-scrubber.js'
import { registerApprover } from '../secrets/register-secrets.js'
import type { SecretsFile } from '../secrets/secrets-file.js'

const LOOK_MS = 10_000

export interface AccessDeps {
  readonly config: Config
  /** The environment's folder. */
  readonly folder: string
  readonly agents: AgentDirectory
  readonly journal: Pick<Journal, 'audit' | 'auditEntries'>
  /** Of the entry that this start wrote. */
  readonly headSeq: number
  /** The sealed file, open, where there is one. */
  readonly sealed: SecretsFile | undefined
  readonly scrubber: Scrubber
  readonly disk: Disk
  readonly timers: Timers
  readonly log: Log
}

/** Who may do what in one gateway, on record. */
export interface Access {
  /** Gives nobody's secret that is not on record: a file that was changed makes no approver in silence. */
  readonly book: Pick<ApproverBook, 'secretOf'>
  /** The same door, behind a look at what has changed. */
  guard(door: ApprovalDoor): ApprovalDoor
  /** The same judge of names, behind the same look. */
  guardNames(identify: IdentifyApprover): IdentifyApprover
  /** Verb of the operator's door: looks now. */
  readonly record: () => Promise<JsonObject>
  close(): void
}

/**
 * Compares approvers and agents with what the store last knew, now and every ten seconds, and records each difference: enrolments,
 * replaced secrets, roles, tokens of the configuration.
 */
export async function openAccess(deps: AccessDeps): Promise<Access> {
  const { config, agents, scrubber, sealed, log, timers, disk, folder } = deps
  const book = createApproverBook({
    disk,
    folder,
    agents,
    log,
    environment: config.environment,
    onSecret: (secret) => registerApprover(secret, scrubber),
    ...(sealed ? { sealed: { file: sealed, path: config.secrets.file } } : {}),
  })
  for (const name of Object.keys(book.fingerprints())) learn(book, name)
  const kept = await openAccessRecord(deps.journal, deps.headSeq)
  const ofAgents = rosterOfAgents(agents)
  let looking: Promise<unknown> = Promise.resolve()

  const rosterNow = (): AccessRoster => {
    const known = kept.known().approvers
    const found = Object.entries(book.fingerprints()).map(
      // What cannot be read for now is neither a change nor an enrolment.
      ([name, print]) => [name, print === UNREADABLE ? known[name] : print] as const,
    )
    const approvers = found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
    return { agents: ofAgents, approvers: Object.fromEntries(approvers) }
  }
  const look = (found: Found): Promise<number> => {
    const looked = looking.then(async () => {
      const changes = await kept.record(rosterNow(), found)
      for (const { type, body } of changes) log.warn('access_changed', { type, ...body, found })
      return changes.length
    })
    looking = looked.catch(() => {})
    return looked
  }

  await look('at start')
  const timer = timers.every(LOOK_MS, () => {
    look('while running').catch((error: unknown) => log.error('access_not_recorded', { error }))
  })
  return {
    book: {
      secretOf(name) {
        const secret = book.secretOf(name)
        if (secret === undefined || kept.known().approvers[name] === fingerprintOf(secret)) return secret
        throw new NotReadyError(`The authenticator of ${name} was changed and is not on record yet`, {
          hint: 'Try again in a moment; when it stays so, the audit log cannot be written',
        })
      },
    },
    guard: (door) => ({
      ...door,
      async decide(decider, verdict) {
        await look('while running')
        return door.decide(decider, verdict)
      },
    }),
    guardNames: (identify) => async (given) => {
      await look('while running')
      return identify(given)
    },
    record: async () => ({ ok: true, recorded: await look('told by the operator') }),
    close: () => timer.cancel(),
  }
}

/** One that cannot be read is told of when it is needed. */
function learn(book: ApproverBook, name: string): void {
  try {
    book.secretOf(name)
  } catch {
    // See above.
  }
}
