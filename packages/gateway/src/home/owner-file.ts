import { join } from 'node:path'
import type { Disk } from '@tidegate/trading-model'
import { z } from 'zod'

const ownerRecord = z.object({
  pid: z.number().int(),
  url: z.url(),
  startedAt: z.string(),
  environment: z.string(),
})

/** Who owns an environment's folder, as the owner wrote it. It may be dead by now. */
export type OwnerRecord = z.infer<typeof ownerRecord>

const pathOf = (folder: string): string => join(folder, 'owner.json')

/** The last owner's record; `undefined` when there is none or it cannot be read. */
export function readOwner(disk: Disk, folder: string): OwnerRecord | undefined {
  try {
    return ownerRecord.parse(JSON.parse(disk.readText(pathOf(folder)) ?? 'null'))
  } catch {
    return undefined
  }
}

/** Tells others where to find us. */
export function writeOwner(disk: Disk, folder: string, record: OwnerRecord): void {
  disk.writeTextAtomically(pathOf(folder), `${JSON.stringify(record, null, 2)}\n`)
}

/** Takes our record away, and nobody else's. Call it while the lock is still held. */
export function removeOwner(disk: Disk, folder: string, pid: number, remove: (path: string) => void): void {
  if (readOwner(disk, folder)?.pid === pid) remove(pathOf(folder))
}
