import { type Mode, type ModeRow, PermissionError, type Principal, StoreError } from '@tidegate/trading-model'
import { sayHeld, strictness } from './breaker/held-modes.js'
import { isOperator, requirePermission } from './check-permission.js'
import { DESK_ACTOR, type DeskContext, describeError } from './context.js'
import { createTroubleLog } from './trouble-log.js'

export interface ModeChange {
  readonly principal: Principal
  readonly scope: string
  readonly mode: Mode
  readonly reason: string
}

export interface KillSwitch {
  /**
   * @throws PermissionError when the principal may not make this change.
   * @throws StoreError The store did not take it. A tightening holds in this process all the same, and is written as soon as it can be.
   */
  setMode(change: ModeChange): Promise<ModeRow>
  /** Every row; where this process holds a stricter one than the store has, that one. */
  modes(): Promise<readonly ModeRow[]>
  /** The strictest mode over the scopes; HALTED while a file halts. `reason` where the store does not have it yet. */
  strictest(scopes: readonly string[]): Promise<{ readonly mode: Mode; readonly reason?: string }>
  /** Tries a last time to write what is held; what cannot be written is said and gone with the process. */
  close(): Promise<void>
}

const validScope = /^(account|product:[A-Z0-9-]{1,60}|agent:.{1,120})$/

/**
 * Modes per account, product and agent. Whoever may cancel may tighten; only an approver or an admin may loosen, and what the desk
 * tripped by itself is loosened by a person only.
 */
export function createKillSwitch(context: DeskContext, onLoosened: (change: ModeChange) => Promise<void>): KillSwitch {
  const { journal, log, metrics, clock, settings, heldModes } = context

  const trouble = createTroubleLog(context, 'trip_failed')
  let turn: Promise<unknown> = Promise.resolve()
  let isRetrying = false

  async function stored(scope: string): Promise<Mode> {
    return (await journal.modes()).find((row) => row.scope === scope)?.mode ?? 'ACTIVE'
  }

  async function write(row: Omit<ModeRow, 'atMs'>, from: Mode): Promise<ModeRow> {
    const written = await journal.setMode(row)
    log.warn('mode_changed', { scope: row.scope, from, to: row.mode, by: row.by, reason: row.reason })
    metrics.count('mode_changes_total', { scope: scopeKind(row.scope), mode: row.mode })
    context.emit({ type: 'mode', row: written })
    return written
  }

  /** One writer at a time: a late try must not undo what a person decided meanwhile. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  /** Makes one held mode durable, where the store is looser. */
  async function settle(scope: string): Promise<ModeRow | undefined> {
    const row = heldModes.of(scope)
    if (!row) return undefined
    const from = await stored(scope)
    const { mode, by, reason } = row
    const isNews = strictness(from) < strictness(mode)
    const written = isNews ? await write({ scope, mode, by, reason }, from) : undefined
    if (heldModes.of(scope) === row) heldModes.release(scope)
    return written
  }

  function retryLater(): void {
    if (isRetrying || context.isClosing()) return
    isRetrying = true
    context.after(settings.tripRetryMs, () => {
      isRetrying = false
      const work = Promise.allSettled(heldModes.list().map(({ scope }) => inTurn(() => settle(scope))))
      context.background(
        'trip_failed',
        work.then((results) => {
          const failed = results.find((result) => result.status === 'rejected')
          if (failed) fail(failed.reason)
          else if (heldModes.list().length === 0) trouble.well()
        }),
      )
    })
  }

  function fail(error: unknown): void {
    trouble.failed(error, { held: heldModes.list().map(({ scope, mode, reason }) => ({ scope, mode, reason })) })
    retryLater()
  }

  /** In force at once, durable as soon as the store takes it. */
  async function tighten(row: ModeRow): Promise<ModeRow | undefined> {
    heldModes.hold(row)
    try {
      return await inTurn(() => settle(row.scope))
    } catch (error) {
      fail(error)
      throw error
    }
  }

  async function tightenFor({ principal, scope, mode, reason }: ModeChange): Promise<ModeRow> {
    const row: ModeRow = { scope, mode, by: principal.name, reason, atMs: clock.nowMs() }
    try {
      return (await tighten(row)) ?? row
    } catch (error) {
      throw new StoreError('ERR_STORE_BUSY', `The store did not take ${mode} for ${scope}: ${describeError(error)}`, {
        hint: 'this process keeps to it and goes on trying to write it; other processes do not know of it',
        cause: error,
      })
    }
  }

  context.onTrip((scope, mode, reason) => tighten({ scope, mode, by: DESK_ACTOR, reason, atMs: clock.nowMs() }))

  return {
    async setMode(change) {
      const { principal, scope, mode, reason } = change
      if (!validScope.test(scope)) {
        throw new PermissionError(`There is no scope ${JSON.stringify(scope.slice(0, 80))}`, {
          hint: 'use account, product:BTC-USD or agent:NAME',
        })
      }
      const from = await currentFor(change)
      const loosens = from !== undefined && strictness(mode) < strictness(from)
      if (!isOperator(principal)) {
        requirePermission(principal, 'cancel_order', context.adminTrades ?? false)
        if (loosens) {
          throw new PermissionError(`${principal.name} may tighten ${scope}, not loosen it from ${from} to ${mode}`, {
            hint: 'a person with role approver or admin can resume trading',
          })
        }
        if (scope.startsWith('agent:') && scope !== `agent:${principal.name}`) {
          throw new PermissionError(`${principal.name} may halt itself, a product or the account, not ${scope}`)
        }
      }
      if (from === undefined || strictness(mode) > strictness(from)) return tightenFor(change)
      const row = await inTurn(async () => {
        const written = await write({ scope, mode, by: principal.name, reason }, from)
        // Whoever may loosen has seen it: what was still to be written is decided, too.
        heldModes.release(scope)
        return written
      })
      if (loosens) await onLoosened(change)
      return row
    },
    async modes() {
      const rows = await journal.modes()
      const held = heldModes
        .list()
        .filter(({ scope, mode }) =>
          rows.every((row) => row.scope !== scope || strictness(row.mode) < strictness(mode)),
        )
        .map((row) => ({ ...row, reason: sayHeld(row) }))
      return [...rows.filter((row) => held.every(({ scope }) => scope !== row.scope)), ...held]
    },
    async strictest(scopes) {
      if (context.haltedByFile() !== undefined) return { mode: 'HALTED' }
      const rows = await journal.modes()
      const mode = rows
        .filter((row) => scopes.includes(row.scope))
        .reduce<Mode>((strict, row) => (strictness(row.mode) > strictness(strict) ? row.mode : strict), 'ACTIVE')
      const held = heldModes.over(scopes)
      if (!held || strictness(held.mode) <= strictness(mode)) return { mode }
      return { mode: held.mode, reason: sayHeld(held) }
    },
    async close() {
      for (const { scope } of heldModes.list()) await inTurn(() => settle(scope)).catch(() => undefined)
      for (const { scope, mode, reason } of heldModes.list()) log.error('trip_lost', { scope, mode, reason })
    },
  }

  /** The mode in force, `undefined` when the store does not tell: then only tightening is possible. */
  async function currentFor({ scope, mode }: ModeChange): Promise<Mode | undefined> {
    const held = heldModes.of(scope)?.mode ?? 'ACTIVE'
    try {
      const row = await stored(scope)
      return strictness(row) > strictness(held) ? row : held
    } catch (error) {
      if (mode === 'HALTED') return undefined
      throw error
    }
  }
}

function scopeKind(scope: string): string {
  return scope.split(':')[0] ?? scope
}
