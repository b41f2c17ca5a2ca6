import { unlinkSync } from 'node:fs'
import { BaseError, type Log } from '@tidegate/trading-model'
import type { SecretsFile } from '../secrets/secrets-file.js'
import type { ApproverFiles } from './approver-files.js'

export interface MoveOptions {
  readonly sealed: Pick<SecretsFile, 'approver' | 'hasTakenApprovers' | 'takeApprovers'>
  readonly files: Pick<ApproverFiles, 'names' | 'read' | 'pathOf'>
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Removes a file. @default of the file system */
  readonly remove?: (path: string) => void
}

/**
 * Takes the files of approvers into the sealed file, once: all of them in one write, and each file goes only when that is on disk. From
 * then on a file makes nobody an approver; one with another secret stays where it is, with a warning. While one of them cannot be read,
 * or the sealed file not be written, the files go on being read.
 */
export function moveApprovers({ sealed, files, log, remove = unlinkSync }: MoveOptions): void {
  const found: Record<string, string> = {}
  let isWhole = true
  for (const name of files.names()) {
    try {
      const secret = files.read(name)
      if (secret !== undefined) found[name] = secret
    } catch (error) {
      isWhole = false
      log.warn('approver_file_not_moved', { approver: name, error: asText(error) })
    }
  }
  if (!sealed.hasTakenApprovers) {
    if (!isWhole) return
    // What is sealed already was put there by somebody with the passphrase: a file says nothing against it.
    const missing = Object.fromEntries(Object.entries(found).filter(([name]) => sealed.approver(name) === undefined))
    try {
      sealed.takeApprovers(missing)
    } catch (error) {
      log.warn('approvers_not_moved', { error: asText(error) })
      return
    }
    if (Object.keys(missing).length > 0) log.info('approvers_moved', { approvers: Object.keys(missing) })
  }
  for (const [name, secret] of Object.entries(found)) {
    if (sealed.approver(name) === secret) removeFile(files.pathOf(name))
    else log.warn('approver_file_ignored', { approver: name, file: files.pathOf(name) })
  }

  function removeFile(path: string): void {
    try {
      remove(path)
    } catch (error) {
      log.warn('approver_file_not_removed', { file: path, error: asText(error) })
    }
  }
}

function asText(error: unknown): string {
  return BaseError.isInstance(error) ? error.shortMessage : ((error as NodeJS.ErrnoException).code ?? 'unreadable')
}
