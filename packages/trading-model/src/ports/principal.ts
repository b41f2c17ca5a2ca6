export const PERMISSIONS = [
  'read_accounts',
  'read_market_data',
  'read_orders',
  'read_fills',
  'place_order',
  'cancel_order',
  'modify_config',
  'view_logs',
] as const
export type Permission = (typeof PERMISSIONS)[number]

export const ROLES = ['viewer', 'analyst', 'trader', 'approver', 'admin'] as const
export type Role = (typeof ROLES)[number]

const viewer: readonly Permission[] = ['read_accounts', 'read_market_data']
const analyst: readonly Permission[] = [...viewer, 'read_orders', 'read_fills']
const trader: readonly Permission[] = [...analyst, 'place_order', 'cancel_order']

/** VIEWER ⊂ ANALYST ⊂ TRADER as the specification; APPROVER and ADMIN apart from TRADER (docs/decisions/0004). */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer,
  analyst,
  trader,
  approver: [...analyst],
  admin: [...analyst, 'modify_config', 'view_logs'],
}

/** Who is asking. */
export interface Principal {
  /** The agent's or person's name, e.g. `local`. Part of every idempotency key. */
  readonly name: string
  readonly role: Role
  /** Narrows the role to these; absent: all of the role's. Never adds one. */
  readonly permissions?: readonly Permission[]
}

/** Does the role include the permission, and was it left to this principal? `unifyAdmin` restores the specification's TRADER ⊂ ADMIN. */
export function hasPermission(principal: Principal, permission: Permission, unifyAdmin = false): boolean {
  if (principal.permissions !== undefined && !principal.permissions.includes(permission)) return false
  if (unifyAdmin && principal.role === 'admin' && trader.includes(permission)) return true
  return ROLE_PERMISSIONS[principal.role].includes(permission)
}
