import type { JsonObject, TightenResult, TightenWish } from '@tidegate/mcp-adapter'
import { comparePolicies, judgeOverlay } from '@tidegate/risk-engine'
import type { TradingDesk } from '@tidegate/trading-desk'
import {
  type Clock,
  ConfigError,
  type ErrorCode,
  InputError,
  type Journal,
  type LimitRefusal,
  type Log,
  type NewLimitChange,
  type Principal,
  StoreError,
} from '@tidegate/trading-model'
import type { Agreement } from '../approvals/identify-approver.js'
import {
  type ConfiguredLimits,
  changesBetween,
  limitsOf,
  onlyKnown,
  readLimits,
  showDifference,
  tightestOf,
  toPolicies,
  versionOf,
  writeLimits,
} from './configured-limits.js'
import {
  addToOverlay,
  isEmptyOverlay,
  type LimitOverlay,
  NO_OVERLAY,
  readOverlay,
  withOverlay,
  writeOverlay,
} from './limit-overlay.js'
import { howToAgree, shortOf, showWaiting, versionOfFile, versionOfOverlay, whatIsMeant } from './what-waits.js'

/** Other gateways may change the limits at the same moment; more often than this in a row they do not. */
const MAX_TURNS = 10

export interface PolicyReloadDeps {
  readonly desk: Pick<TradingDesk, 'setPolicies'>
  readonly journal: Pick<Journal, 'audit' | 'changeLimits' | 'limitChanges'>
  readonly log: Log
  readonly clock: Clock
  /** What the file said, and what was laid over it, when this gateway opened. */
  readonly opened: OpenedLimits
  /** Reads the configuration again; absent where it has no file. @throws ConfigError as at a start. */
  readonly reread: (() => Promise<ConfiguredLimits>) | undefined
  /** Agents that may place orders: none of them agrees to looser limits of its own. */
  readonly traders: readonly string[]
  /** Every agent there is. */
  readonly agents: readonly string[]
}

/** Limits of a start: those of the file, the overlay of the store, and the last change that was looked at. */
export interface OpenedLimits {
  readonly limits: ConfiguredLimits
  readonly overlay: LimitOverlay
  readonly seen: number
}

/** Limits that follow their file, the store and the people while the gateway runs. */
export interface PolicyReload {
  /**
   * Reads the file again. What is tighter is in force when this resolves; what is looser waits for a person.
   *
   * @throws {ConfigError} the file is wrong, or there is none: everything stays as it was.
   */
  reload(by: string): Promise<JsonObject>
  /**
   * A person agrees to the looser limits that wait, or to lift the overlay.
   *
   * @param version - Of what waits, or its first 8 and more digits: what was read is what is agreed to.
   * @returns With `ok: false` where the approver or the code will not do.
   * @throws {NotFoundError} nothing of that version waits.
   */
  loosen(agreement: Agreement, version: string): Promise<JsonObject>
  /** Lays tighter limits over those in force, for good and for all gateways; all of them or none. */
  tighten(principal: Principal, wish: TightenWish): Promise<TightenResult>
  /** What the file wants and nobody has agreed to. */
  waiting(): JsonObject | undefined
  /** What lies over the limits of the file. */
  overlay(): JsonObject | undefined
  /** Takes over what other gateways on the store changed. */
  follow(): Promise<void>
}

/** Reads what the store says of the limits, for a start. */
export async function openLimits(
  journal: Pick<Journal, 'limitChanges'>,
  limits: ConfiguredLimits,
): Promise<OpenedLimits & { readonly inForce: ConfiguredLimits }> {
  // In this order: what comes between the two questions is followed later.
  const [newest] = await journal.limitChanges({ newest: true })
  const [laid] = await journal.limitChanges({ kind: 'overlaid', newest: true })
  const overlay = laid ? readOverlay(laid.body) : NO_OVERLAY
  return { limits, overlay, seen: newest?.seq ?? 0, inForce: withOverlay(limits, overlay) }
}

/**
 * Tightening must work at once and without asking; loosening never by a file alone, because an agent with a shell can write files, and
 * never from a conversation. Until a person agrees, limits are in force that are as tight as the old and the new ones, limit by limit,
 * and as the overlay.
 *
 * Agents that come or go, their roles and tokens are read at a start only.
 */
export function createPolicyReload(deps: PolicyReloadDeps): PolicyReload {
  const { desk, journal, log, clock, opened } = deps
  /** Without the overlay: what the file says, as far as it holds. */
  let base = opened.limits
  let overlay = opened.overlay
  let seen = opened.seen
  let inForce = withOverlay(base, overlay)
  let wished: ConfiguredLimits | undefined
  let tail: Promise<unknown> = Promise.resolve()

  /** One at a time: each decides on what the one before left. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = tail.then(work)
    tail = next.catch(() => {})
    return next
  }

  /** Puts in force what should be; done again later when the store did not take the text of a policy. */
  async function settle(): Promise<void> {
    const next = withOverlay(base, overlay)
    if (versionOf(next) === versionOf(inForce)) return
    await desk.setPolicies(toPolicies(next))
    inForce = next
  }

  async function catchUp(): Promise<void> {
    const changes = await journal.limitChanges({ after: seen })
    for (const change of changes) {
      if (change.kind === 'overlaid') overlay = readOverlay(change.body)
      else {
        const { limits } = onlyKnown(base, readLimits(change.body))
        base = change.kind === 'loosened' ? limits : tightestOf(base, limits, 'nothing')
      }
      seen = change.seq
      log.warn('policy_followed', { seq: change.seq, kind: change.kind, by: change.by })
    }
    if (wished && changesBetween(tightestOf(base, wished, 'nothing'), wished).length === 0) wished = undefined
    await settle()
  }

  /** Records behind what this gateway has seen; `undefined` when another change came first, which is known then. */
  async function record(change: Omit<NewLimitChange, 'after'>): Promise<Refused | 'recorded' | undefined> {
    const result = await journal.changeLimits({ ...change, after: seen })
    if (result.kind === 'recorded') {
      seen = result.change.seq
      return 'recorded'
    }
    if (result.why !== 'moved') return { ...result, why: result.why }
    await catchUp()
    return undefined
  }

  const fileVersion = (): string | undefined => wished && versionOfFile(base, wished)
  const overlayVersion = (): string | undefined =>
    isEmptyOverlay(overlay) ? undefined : versionOfOverlay(base, overlay)
  /** Of the overlay nothing is left but the names of the agents it spoke of. */
  const lifted = (): LimitOverlay => ({
    ...NO_OVERLAY,
    agents: Object.fromEntries(Object.keys(overlay.agents).map((name) => [name, {}])),
  })

  function showOverlay(): JsonObject | undefined {
    const version = overlayVersion()
    if (version === undefined) return undefined
    return {
      version,
      ...(JSON.parse(writeOverlay(overlay)) as JsonObject),
      changes: changesBetween(inForce, withOverlay(base, lifted())).map(showDifference),
      how: howToAgree(version),
    }
  }

  /** Agents that trade and whose limits grow somewhere. */
  function loosened(before: ConfiguredLimits, after: ConfiguredLimits): readonly string[] {
    return deps.traders.filter((name) =>
      comparePolicies(limitsOf(before, name), limitsOf(after, name)).some(({ effect }) => effect !== 'tighter'),
    )
  }

  async function reload(by: string): Promise<JsonObject> {
    if (!deps.reread) {
      throw new ConfigError('ERR_CONFIG_MISSING', 'This gateway was started without a configuration file', {
        hint: 'start it with --config FILE to keep its limits in a file',
      })
    }
    const asked = await deps.reread()
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      await catchUp()
      const next = onlyKnown(base, asked)
      const changes = changesBetween(base, next.limits)
      const tight = tightestOf(base, next.limits)
      const applied = changesBetween(base, tight)
      const isLooser = changesBetween(tight, next.limits).length > 0
      const before = fileVersion()
      const waits = isLooser ? next.limits : undefined
      const report = {
        by,
        changes: changes.map(showDifference),
        applied: applied.map(showDifference),
        in_force: versionOf(withOverlay(tight, overlay)),
        waiting: showWaiting(tight, waits) ?? null,
        needs_restart: next.needsRestart,
      }
      const isNews = before !== (waits && versionOfFile(tight, waits))
      const audit = { type: 'policy.reloaded', body: report }
      if (applied.length > 0) {
        const done = await record({ kind: 'tightened', body: writeLimits(tight), by, audit })
        if (done !== 'recorded') continue
      } else if (isNews) await journal.audit({ actor: by, ...audit })
      base = tight
      wished = waits
      await settle()
      if (applied.length > 0 || isNews) log.warn('policy_reloaded', { by, applied: applied.length, waiting: isLooser })
      if (isNews && waits) {
        const version = versionOfFile(base, waits)
        const looser = changesBetween(base, waits).map(({ agent, key }) =>
          agent === undefined ? key : `${agent}: ${key}`,
        )
        log.warn('policy_loosening_waits', { by, version: shortOf(version), limits: looser, how: howToAgree(version) })
      }
      return { ok: true, ...report }
    }
    throw busy()
  }

  async function loosen({ by, factor, factorRequired }: Agreement, version: string): Promise<JsonObject> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      await catchUp()
      const what = whatIsMeant(version, fileVersion(), overlayVersion())
      const after = what === 'file' && wished ? wished : base
      const next = withOverlay(after, what === 'file' ? overlay : lifted())
      const changes = (what === 'file' ? changesBetween(base, after) : changesBetween(inForce, next)).map(
        showDifference,
      )
      // On record before it holds: nothing is looser without a word about who agreed.
      const done = await record({
        ...(what === 'file'
          ? { kind: 'loosened', body: writeLimits(after) }
          : { kind: 'overlaid', body: writeOverlay(NO_OVERLAY) }),
        by,
        audit: {
          type: what === 'file' ? 'policy.loosened' : 'policy.overlay_lifted',
          body: { by, changes, in_force: versionOf(next) },
        },
        loosens: loosened(inForce, next),
        factorRequired,
        ...(factor === undefined ? {} : { factor }),
      })
      if (done === undefined) continue
      if (done !== 'recorded') return showRefusal(done, clock.nowMs())
      if (what === 'file') {
        base = after
        wished = undefined
      } else overlay = NO_OVERLAY
      await settle()
      log.warn(what === 'file' ? 'policy_loosened' : 'policy_overlay_lifted', { by, changes })
      return { ok: true, by, what, changes, in_force: versionOf(inForce) }
    }
    throw busy()
  }

  async function tighten({ name }: Principal, { agent, settings, reason }: TightenWish): Promise<TightenResult> {
    if (agent !== undefined && !deps.agents.includes(agent)) {
      throw new InputError([
        {
          field: 'agent',
          problem: 'is no agent of this server',
          fix: `name one of ${deps.agents.join(', ')}, or none`,
        },
      ])
    }
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      await catchUp()
      const now = agent === undefined ? inForce.policy : limitsOf(inForce, agent)
      const verdict = judgeOverlay(now, settings, agent === undefined ? 'account' : 'agent')
      const of = agent === undefined ? {} : { agent }
      const show = (list: typeof verdict.changes) => list.map((change) => ({ ...change, ...of }))
      if (verdict.looser.length > 0) return { kind: 'refused', looser: show(verdict.looser) }
      if (verdict.changes.length === 0) return { kind: 'unchanged' }
      if (verdict.leavesNoProduct) return { kind: 'nothing_left', changes: show(verdict.changes) }
      const note = { by: name, at_ms: clock.nowMs(), ...of, keys: verdict.changes.map(({ key }) => key), reason }
      const next = addToOverlay(overlay, { agent, settings, note })
      const changes = show(verdict.changes)
      const done = await record({
        kind: 'overlaid',
        body: writeOverlay(next),
        by: name,
        audit: { type: 'policy.tightened', body: { by: name, ...of, changes, reason } },
      })
      if (done !== 'recorded') continue
      overlay = next
      await settle()
      log.warn('policy_tightened', { by: name, ...of, changes })
      return { kind: 'tightened', changes, version: shortOf(overlayVersion() ?? '') }
    }
    throw busy()
  }

  return {
    waiting: () => showWaiting(base, wished),
    overlay: showOverlay,
    reload: (by) => inTurn(() => reload(by)),
    loosen: (agreement, version) => inTurn(() => loosen(agreement, version)),
    tighten: (principal, wish) => inTurn(() => tighten(principal, wish)),
    follow: () => inTurn(catchUp),
  }
}

interface Refused {
  readonly why: Exclude<LimitRefusal, 'moved'>
  readonly reason: string
  readonly retryAtMs?: number
}

const codeOf: Readonly<Record<Refused['why'], ErrorCode>> = {
  requester: 'ERR_PERMISSION',
  code_missing: 'ERR_APPROVAL_CODE',
  code_wrong: 'ERR_APPROVAL_CODE',
  code_used: 'ERR_APPROVAL_CODE',
  locked: 'ERR_APPROVAL_LOCKED',
}

function showRefusal({ why, reason, retryAtMs }: Refused, nowMs: number): JsonObject {
  const retry = retryAtMs === undefined ? {} : { retry_after_ms: Math.max(0, retryAtMs - nowMs) }
  return { ok: false, code: codeOf[why], why, reason, ...retry }
}

function busy(): StoreError {
  return new StoreError('ERR_STORE_BUSY', 'Other gateways keep changing the limits', { hint: 'try again' })
}
