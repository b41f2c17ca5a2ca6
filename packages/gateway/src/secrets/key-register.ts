import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { ConfigError, type Disk, ENVIRONMENTS, type Environment } from '@tidegate/trading-model'
import { z } from 'zod'

const schema = z.record(z.string(), z.enum(ENVIRONMENTS))

/**
 * Remembers in the home which environment a key belongs to, by its name, and refuses it in another: the key of the real account has
 * no business in practice, nor the practice key in production.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` naming both environments.
 */
export function claimKey(disk: Disk, homeFolder: string, keyName: string, environment: Environment): void {
  const path = join(homeFolder, 'keys.json')
  const known = readRegister(disk, path)
  const id = createHash('sha256').update(keyName).digest('hex').slice(0, 32)
  const owner = known[id]
  if (owner === environment) return
  if (owner !== undefined) throw foreignKey(owner, environment)
  disk.writeTextAtomically(path, `${JSON.stringify({ ...known, [id]: environment }, undefined, 2)}\n`, 0o600)
}

/** Refuses a key that is known to belong to another environment, without claiming it. */
export function checkKeyName(disk: Disk, homeFolder: string, keyName: string, environment: Environment): void {
  const id = createHash('sha256').update(keyName).digest('hex').slice(0, 32)
  const owner = readRegister(disk, join(homeFolder, 'keys.json'))[id]
  if (owner !== undefined && owner !== environment) throw foreignKey(owner, environment)
}

function foreignKey(owner: Environment, environment: Environment): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `coinbase.api_key is the ${owner} key; this is ${environment}`, {
    hint:
      environment === 'production'
        ? 'Make a key of its own for production at Coinbase'
        : `Unset COINBASE_API_KEY and COINBASE_API_SECRET here, or start with --environment ${owner}`,
  })
}

function readRegister(disk: Disk, path: string): Readonly<Record<string, Environment>> {
  const text = disk.readText(path)
  if (text === undefined) return {}
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Falls through to the refusal below.
  }
  throw new ConfigError('ERR_CONFIG_INVALID', `${path} is not as we wrote it`, {
    hint: 'Restore it, or delete it: each key is then claimed anew by the environment that uses it first',
  })
}
