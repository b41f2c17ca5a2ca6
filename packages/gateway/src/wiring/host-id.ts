import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { Disk } from '@tidegate/trading-model'

/** A name for this machine and user that outlives a change of the host name where the system has one. Says neither. */
export function readHostId(disk: Disk): string {
  return createHash('sha256')
    .update(`${machine(disk)}\0${user()}`)
    .digest('hex')
    .slice(0, 32)
}

function machine(disk: Disk): string {
  try {
    return disk.readText('/etc/machine-id')?.trim() || hostname()
  } catch {
    return hostname()
  }
}

function user(): string {
  try {
    return String(userInfo().username)
  } catch {
    return 'unknown'
  }
}
