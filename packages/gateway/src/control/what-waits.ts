import { createHash } from 'node:crypto'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { NotFoundError } from '@tidegate/trading-model'
import { type ConfiguredLimits, changesBetween, showDifference, versionOf } from './configured-limits.js'
import { type LimitOverlay, writeOverlay } from './limit-overlay.js'

/** Digits of a version that are asked for at least, and that are shown. */
const MIN_DIGITS = 8
const SHOWN_DIGITS = 12

/** Names the step from the limits in force to those of the file: another step has another name, also to the same limits. */
export function versionOfFile(base: ConfiguredLimits, wished: ConfiguredLimits): string {
  return digest(['file', versionOf(base), versionOf(wished)])
}

/** Names the step that lifts the overlay from these limits. */
export function versionOfOverlay(base: ConfiguredLimits, overlay: LimitOverlay): string {
  return digest(['overlay', versionOf(base), writeOverlay(overlay)])
}

/** What waits and how a person agrees to it. */
export function showWaiting(base: ConfiguredLimits, wished: ConfiguredLimits | undefined): JsonObject | undefined {
  if (!wished) return undefined
  const version = versionOfFile(base, wished)
  return { version, changes: changesBetween(base, wished).map(showDifference), how: howToAgree(version) }
}

/**
 * Which of the two things that may wait a version names, whole or by its first digits.
 *
 * @throws {NotFoundError} neither, or nothing waits.
 */
export function whatIsMeant(
  version: string,
  file: string | undefined,
  overlay: string | undefined,
): 'file' | 'overlay' {
  if (file === undefined && overlay === undefined) {
    throw new NotFoundError('No looser limits wait', { hint: 'change the file and reload it first' })
  }
  const isMeant = (whole: string | undefined): boolean =>
    whole !== undefined && version.length >= MIN_DIGITS && whole.startsWith(version)
  if (isMeant(file)) return 'file'
  if (isMeant(overlay)) return 'overlay'
  const there = [file, overlay].flatMap((whole) => (whole === undefined ? [] : [shortOf(whole)]))
  throw new NotFoundError(`What waits is version ${there.join(' and ')}, not ${JSON.stringify(version.slice(0, 80))}`, {
    hint: 'look at it with tidegate policy show, then agree to that version',
  })
}

/** What a person does about it. */
export function howToAgree(version: string): string {
  return `read it, then: tidegate policy loosen ${shortOf(version)} --approver NAME (first time: tidegate approvals enroll --name NAME)`
}

/** As much of a version as a person copies. */
export function shortOf(version: string): string {
  return version.slice(0, SHOWN_DIGITS)
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
