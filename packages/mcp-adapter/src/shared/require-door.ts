import { NotFoundError } from '@tidegate/trading-model'

/**
 * What a tool needs and a server may have been built without.
 *
 * @throws {NotFoundError} it is not there.
 */
export function requireDoor<T>(door: T | undefined, what: string): T {
  if (door !== undefined) return door
  throw new NotFoundError(`This server was built without ${what}`, { hint: 'ask the owner of this server' })
}
