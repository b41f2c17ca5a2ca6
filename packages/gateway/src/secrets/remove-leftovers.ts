import { readdirSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Removes what atomic writes of a file left behind that were cut off, so `FILE.PID.RANDOM.tmp`; those of processes that live stay. */
export function removeLeftovers(path: string): void {
  const name = basename(path)
  for (const found of readdirSync(dirname(path))) {
    if (!found.startsWith(`${name}.`)) continue
    const pid = /^\.(\d+)\.[0-9a-f]+\.tmp$/.exec(found.slice(name.length))?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    unlinkSync(join(dirname(path), found))
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
