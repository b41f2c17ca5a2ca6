import { hasPermission, type Permission, PermissionError, type Principal } from '@tidegate/trading-model'

/** True when the principal holds every one of the permissions. */
export function isAllowed(principal: Principal, permissions: readonly Permission[], adminTrades = false): boolean {
  return permissions.every((permission) => hasPermission(principal, permission, adminTrades))
}

/**
 * Refuses what the role does not include.
 *
 * @param action - What was asked for, e.g. `place_order` or `account://balances`.
 * @throws PermissionError naming the missing permission and the role.
 */
export function requirePermissions(
  principal: Principal,
  permissions: readonly Permission[],
  action: string,
  adminTrades = false,
): void {
  const missing = permissions.filter((permission) => !hasPermission(principal, permission, adminTrades))
  if (missing.length === 0) return
  throw new PermissionError(
    `${action} needs ${missing.join(' and ')}, which ${principal.permissions === undefined ? `the role ${principal.role}` : principal.name} lacks`,
    {
      hint: 'ask the owner of this server for another role; calling again will not help',
      context: { missing, role: principal.role, principal: principal.name },
    },
  )
}
