import { posix, win32 } from 'node:path'
import { ConfigError } from '@tidegate/trading-model'

/**
 * Where Tidegate keeps its files when `TIDEGATE_HOME` says nothing: the platform's data directory.
 *
 * @throws {ConfigError} `ERR_CONFIG_MISSING` when the environment does not even name the user's folder.
 */
export function defaultHome(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const path = platform === 'win32' ? win32 : posix
  const user = platform === 'win32' ? env['USERPROFILE'] : env['HOME']
  const given = platform === 'win32' ? env['LOCALAPPDATA'] : platform === 'darwin' ? undefined : env['XDG_DATA_HOME']
  // The XDG specification: a relative path is invalid and ignored.
  if (given && path.isAbsolute(given)) return path.join(given, 'tidegate')
  if (!user || !path.isAbsolute(user)) {
    throw new ConfigError('ERR_CONFIG_MISSING', 'there is no folder for this user’s data', {
      hint: 'Set TIDEGATE_HOME to a folder of your own',
    })
  }
  if (platform === 'win32') return path.join(user, 'AppData', 'Local', 'tidegate')
  if (platform === 'darwin') return path.join(user, 'Library', 'Application Support', 'tidegate')
  return path.join(user, '.local', 'share', 'tidegate')
}
