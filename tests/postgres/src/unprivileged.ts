import { spawn } from 'node:child_process'
import { chownSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

/** How to run a program that refuses root. */
export interface Unprivileged {
  readonly prefix: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
}

const nobody = 65_534

/** Of the ways in which this process can run `program` unprivileged, the first that works. */
export async function findUnprivileged(program: string): Promise<Unprivileged> {
  const itself: Unprivileged = { prefix: [], identity: {} }
  const asNobody: Unprivileged = { prefix: [], identity: { uid: nobody, gid: nobody } }
  // Whoever one is outside, one is nobody in a new namespace, and keeps one's files.
  const inNamespace: Unprivileged = { prefix: ['unshare', '--user'], identity: {} }
  const isRoot = process.getuid?.() === 0
  if (!isRoot && hasName()) return itself
  for (const way of isRoot ? [asNobody, inNamespace] : [inNamespace]) if (await works(way, program)) return way
  throw new Error(`${program} refuses this user (root, or without a name), and nothing else here can run it`)
}

/** Is the user in the password file? `initdb` insists. */
function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

/** Makes files the property of who will run. */
export function giveAway({ identity }: Unprivileged, ...paths: readonly string[]): void {
  if (identity.uid === undefined || identity.gid === undefined) return
  for (const path of paths) chownSync(path, identity.uid, identity.gid)
}

/** Makes a folder and those in it the property of who will run, so that it can remove them. */
export function giveAwayFolders(as: Unprivileged, folder: string): void {
  giveAway(as, folder)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) giveAway(as, join(entry.parentPath, entry.name))
  }
}

async function works({ prefix, identity }: Unprivileged, program: string): Promise<boolean> {
  const [command, ...rest] = [...prefix, program, '--version']
  return await new Promise((resolve) => {
    try {
      const child = spawn(command ?? program, rest, { ...identity, stdio: 'ignore' })
      child.on('error', () => resolve(false))
      child.on('close', (code) => resolve(code === 0))
    } catch {
      resolve(false)
    }
  })
}
