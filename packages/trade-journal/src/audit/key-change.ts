import { z } from 'zod'
import { type AuditHead, type HeadSigner, headText, isSigned } from './audit-key.js'

/** The old key names its successor, and the new one agrees: both signed it. */
export interface KeyChange {
  readonly store: string
  /** Last entry that the old key signs, and its hash; the entry after it is the one that tells of the change. */
  readonly seq: number
  readonly hash: string
  /** Raw public keys, hex. */
  readonly from: string
  readonly to: string
  readonly old_sig: string
  readonly new_sig: string
}

/** Type of the entry that tells of a change; its body is the {@link KeyChange}. */
export const keyChangedType = 'audit.key_changed'

const change = z.strictObject({
  store: z.string(),
  seq: z.int().nonnegative(),
  hash: z.string(),
  from: z.string(),
  to: z.string(),
  old_sig: z.string(),
  new_sig: z.string(),
})
const line = z.strictObject({ v: z.literal(1), key_change: change })

/** Hands over from one key to the next behind the entry `place`. */
export function makeKeyChange(
  store: string,
  place: { readonly seq: number; readonly hash: string },
  old: HeadSigner,
  next: HeadSigner,
): KeyChange {
  const said = { store, seq: place.seq, hash: place.hash, from: old.publicKey, to: next.publicKey }
  const text = changeText(said)
  return { ...said, old_sig: old.signText(text), new_sig: next.signText(text) }
}

function changeText({ store, seq, hash, from, to }: Omit<KeyChange, 'old_sig' | 'new_sig'>): string {
  return `tidegate.audit-key/1\n${store}\n${seq}\n${hash}\n${from}\n${to}\n`
}

/** A change as its line in the heads file. */
export function formatKeyChange({ store, seq, hash, from, to, old_sig, new_sig }: KeyChange): string {
  return `${JSON.stringify({ v: 1, key_change: { store, seq, hash, from, to, old_sig, new_sig } })}\n`
}

/** Reads such a line; `undefined` where a letter of it is not as it is written. */
export function readKeyChangeLine(raw: unknown, json: string): KeyChange | undefined {
  const parsed = line.safeParse(raw)
  return parsed.success && formatKeyChange(parsed.data.key_change) === `${json}\n` ? parsed.data.key_change : undefined
}

/** Reads the body of an entry that tells of a change. */
export function readKeyChangeBody(body: unknown): KeyChange | undefined {
  return change.safeParse(body).data
}

/** The keys of a log: the one that signs now, and how it came to be that one. */
export interface KeyRing {
  /** Every key, oldest first. */
  readonly keys: readonly string[]
  /** The handovers between them, oldest first. */
  readonly changes: readonly KeyChange[]
  /** True when the head is signed by the key that signed at its entry. */
  verifies(head: AuditHead, signature: string): boolean
}

/** Follows changes back from the key that signs now; those that either key did not sign lead nowhere. */
export function keyRing(storeId: string, current: string, known: readonly KeyChange[]): KeyRing {
  const changes: KeyChange[] = []
  const before = (key: string, seq: number) =>
    known.find((each) => each.to === key && each.seq < seq && isSound(each, storeId))
  for (let last = before(current, Number.POSITIVE_INFINITY); last; last = before(last.from, last.seq))
    changes.unshift(last)
  const keyAt = (seq: number) => changes.find((each) => seq <= each.seq)?.from ?? current
  return {
    keys: [...changes.map(({ from }) => from), current],
    changes,
    verifies: (head, signature) => isSigned(keyAt(head.seq), headText(storeId, head), signature),
  }
}

function isSound(said: KeyChange, storeId: string): boolean {
  const text = changeText(said)
  return said.store === storeId && isSigned(said.from, text, said.old_sig) && isSigned(said.to, text, said.new_sig)
}
