import { ConfigError, type KeyPermissions } from '@tidegate/trading-model'

/**
 * Refuses a key that may do more than trade, or less than is needed.
 *
 * @param isLive - Orders would really be sent.
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the permission.
 */
export function checkKey(permissions: KeyPermissions, isLive: boolean): void {
  if (permissions.canTransfer) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'the key may transfer money out of the account', {
      hint: 'Make a key with the permissions View and Trade only; Tidegate refuses any other',
    })
  }
  if (!permissions.canView) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'the key may not view the account', {
      hint: 'Make a key with the permission View',
    })
  }
  if (isLive && !permissions.canTrade) {
    throw new ConfigError('ERR_CONFIG_INVALID', 'the key may not trade', {
      hint: 'Make a key with the permission Trade, or set safety.dry_run_mode to true',
    })
  }
}
