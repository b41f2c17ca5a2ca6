import { hasPermission, type Permission, PermissionError, type Principal } from '@tidegate/trading-model'

/**
 * @throws {PermissionError} `ERR_PERMISSION`: the role does not include the permission.
 */
export function requirePermission(principal: Principal, permission: Permission, adminTrades: boolean): void {
  if (hasPermission(principal, permission, adminTrades)) return
  throw new PermissionError(`${principal.name} has role ${principal.role}, which does not include ${permission}`, {
    hint: 'ask the owner of this server for a role that includes it',
  })
}

/** Who may approve orders and loosen modes: people at the operator's door, never an agent that trades. */
export function isOperator(principal: Principal): boolean {
  return principal.role === 'approver' || principal.role === 'admin'
}
