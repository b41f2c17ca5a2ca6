import { MODES, type Mode, type ModeRow, PermissionError, type Principal } from '@tidegate/trading-model'
import { isOperator, requirePermission } from './check-permission.js'
import { DESK_ACTOR, type DeskContext } from './context.js'

export interface ModeChange {
  readonly principal: Principal
  readonly scope: string
  readonly mode: Mode
  readonly reason: string
}

export interface KillSwitch {
  /** @throws PermissionError when the principal may not make this change. */
  setMode(change: ModeChange): Promise<ModeRow>
  /** The strictest mode over the scopes; HALTED while a file halts. */
  strictest(scopes: readonly string[]): Promise<Mode>
}

const validScope = /^(account|product:[A-Z0-9-]{1,60}|agent:.{1,120})$/

/**
 * Modes per account, product and agent. Whoever may cancel may tighten; only an approver or an admin may loosen, and what the desk
 * tripped by itself is loosened by a person only.
 */
export function createKillSwitch(context: DeskContext, onLoosened: (change: ModeChange) => Promise<void>): KillSwitch {
  const { journal, log, metrics } = context

  async function current(scope: string): Promise<Mode> {
    return (await journal.modes()).find((row) => row.scope === scope)?.mode ?? 'ACTIVE'
  }

  async function write(row: Omit<ModeRow, 'atMs'>, from: Mode): Promise<ModeRow> {
    const stored = await journal.setMode(row)
    log.warn('mode_changed', { scope: row.scope, from, to: row.mode, by: row.by, reason: row.reason })
    metrics.count('mode_changes_total', { scope: scopeKind(row.scope), mode: row.mode })
    context.emit({ type: 'mode', row: stored })
    return stored
  }

  context.onTrip(async (scope, mode, reason) => {
    const from = await current(scope)
    if (strictness(from) >= strictness(mode)) return undefined
    return write({ scope, mode, by: DESK_ACTOR, reason }, from)
  })

  return {
    async setMode(change) {
      const { principal, scope, mode, reason } = change
      if (!validScope.test(scope)) {
        throw new PermissionError(`There is no scope ${JSON.stringify(scope.slice(0, 80))}`, {
          hint: 'use account, product:BTC-USD or agent:NAME',
        })
      }
      const from = await current(scope)
      const loosens = strictness(mode) < strictness(from)
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
      const row = await write({ scope, mode, by: principal.name, reason }, from)
      if (loosens) await onLoosened(change)
      return row
    },
    async strictest(scopes) {
      if (context.haltedByFile() !== undefined) return 'HALTED'
      const rows = await journal.modes()
      return rows
        .filter((row) => scopes.includes(row.scope))
        .reduce<Mode>((mode, row) => (strictness(row.mode) > strictness(mode) ? row.mode : mode), 'ACTIVE')
    },
  }
}

function strictness(mode: Mode): number {
  return MODES.indexOf(mode)
}

function scopeKind(scope: string): string {
  return scope.split(':')[0] ?? scope
}
