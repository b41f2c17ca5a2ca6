import { keyChangeText } from './entry-format.js'
import { bad, type Finding } from './finding.js'
import type { KeyChange } from './heads-line.js'
import { type PublicKey, readPublicKey } from './public-key.js'

/** Which key had to sign heads of which entry. */
export interface KeyTimeline {
  /** The key for a head of this entry; `undefined` where no trusted key is known. */
  keyAt(seq: number): PublicKey | undefined
  readonly findings: readonly Finding[]
}

/**
 * Follows changes of the signing key from the key that is trusted, forward by the signature of the old key and backward by that of the new
 * one. A change that either of the two did not sign breaks the line.
 */
export function keyTimeline(trusted: PublicKey, changes: readonly KeyChange[], storeId: string): KeyTimeline {
  const findings: Finding[] = []
  const ordered = [...changes].sort((a, b) => a.seq - b.seq)
  const keys = new Map<string, PublicKey>([[trusted.hex, trusted]])
  const sound = ordered.filter((change) => {
    const why = whyUnsound(change, storeId)
    if (why !== undefined)
      findings.push(bad('KEY_CHANGE', `The change of the signing key at entry ${change.seq + 1}: ${why}`))
    return why === undefined
  })
  for (const { from, to } of sound) {
    for (const hex of [from, to]) {
      const key = readPublicKey(hex)
      if (key) keys.set(hex, key)
    }
  }
  const first = sound[0]?.from ?? trusted.hex
  const line = [{ fromSeq: 0, hex: first }, ...sound.map(({ seq, to }) => ({ fromSeq: seq + 1, hex: to }))]
  if (!line.some(({ hex }) => hex === trusted.hex)) {
    findings.push(
      bad(
        'KEY_UNKNOWN',
        'The public key you gave is none of those that this log was ever signed with: it is another log, or it was signed by somebody else.',
      ),
    )
    return { keyAt: () => trusted, findings }
  }
  sound.forEach((change, index) => {
    if (index > 0 && sound[index - 1]?.to !== change.from) {
      findings.push(
        bad(
          'KEY_CHANGE',
          `The change of the signing key at entry ${change.seq + 1} starts from a key that was not in use.`,
        ),
      )
    }
  })
  return { keyAt: (seq) => keys.get(line.findLast(({ fromSeq }) => fromSeq <= seq)?.hex ?? ''), findings }
}

function whyUnsound(change: KeyChange, storeId: string): string | undefined {
  if (change.store !== storeId) return 'it speaks of another store.'
  const text = keyChangeText(storeId, change)
  if (!readPublicKey(change.from)?.verifies(text, change.oldSig)) return 'the old key did not sign it.'
  return readPublicKey(change.to)?.verifies(text, change.newSig) ? undefined : 'the new key did not sign it.'
}
