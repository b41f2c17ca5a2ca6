/** A head that was copied outside the database. */
export interface CopiedHead {
  readonly kind: 'head'
  readonly store: string
  readonly seq: number
  readonly hash: string
  /** Entry of the head that was outside before this one; 0 for none. */
  readonly after: number
  readonly sig: string
}

/** An old key names its successor. */
export interface KeyChange {
  readonly kind: 'key'
  readonly store: string
  /** Last entry before the change, and its hash. */
  readonly seq: number
  readonly hash: string
  /** Raw public keys, hex. */
  readonly from: string
  readonly to: string
  readonly oldSig: string
  readonly newSig: string
}

/** A line of the heads file; `undefined` where a single letter of it is not as it is written. */
export function readCanonicalLine(json: string): CopiedHead | KeyChange | undefined {
  let raw: unknown
  try {
    raw = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof raw !== 'object' || raw === null) return undefined
  const said = readHead(raw as Record<string, unknown>) ?? readKeyChange(raw as Record<string, unknown>)
  // Equal text, not equal meaning: a changed space is a change.
  return said && write(said) === json ? said : undefined
}

function write(said: CopiedHead | KeyChange): string {
  if (said.kind === 'head') {
    const { store, seq, hash, after, sig } = said
    return JSON.stringify({ v: 1, store, seq, hash, after, sig })
  }
  const { store, seq, hash, from, to, oldSig, newSig } = said
  return JSON.stringify({ v: 1, key_change: { store, seq, hash, from, to, old_sig: oldSig, new_sig: newSig } })
}

function readHead({ store, seq, hash, after, sig }: Record<string, unknown>): CopiedHead | undefined {
  if (typeof store !== 'string' || typeof hash !== 'string' || typeof sig !== 'string') return undefined
  if (!isCount(seq) || seq === 0 || !isCount(after)) return undefined
  return { kind: 'head', store, seq, hash, after, sig }
}

function readKeyChange({ key_change: change }: Record<string, unknown>): KeyChange | undefined {
  if (typeof change !== 'object' || change === null) return undefined
  return keyChangeOf(change as Record<string, unknown>)
}

/** A key change as the log and the heads file write it down. */
export function keyChangeOf(said: Readonly<Record<string, unknown>>): KeyChange | undefined {
  const { store, seq, hash, from, to, old_sig: oldSig, new_sig: newSig } = said
  if (typeof store !== 'string' || typeof hash !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    return undefined
  }
  if (typeof oldSig !== 'string' || typeof newSig !== 'string' || !isCount(seq)) return undefined
  return { kind: 'key', store, seq, hash, from, to, oldSig, newSig }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

type Part = string | RegExp

const headParts: readonly Part[] = [
  '{"v":1,"store":"',
  /[\w-]/,
  '","seq":',
  /\d/,
  ',"hash":"',
  /[0-9a-f]/,
  '","after":',
  /\d/,
  ',"sig":"',
  /[0-9a-f]/,
  '"}',
]

const keyChangeParts: readonly Part[] = [
  '{"v":1,"key_change":{"store":"',
  /[\w-]/,
  '","seq":',
  /\d/,
  ...['hash', 'from', 'to', 'old_sig', 'new_sig'].flatMap((name, index) => [
    `${index === 0 ? '' : '"'},"${name}":"`,
    /[0-9a-f]/,
  ]),
  '"}}',
]

/** The beginning of a line whose rest a crash took: exactly that, not a whole line with another letter in it. */
export function isTornLine(json: string): boolean {
  return isBeginning(json, headParts) || isBeginning(json, keyChangeParts)
}

function isBeginning(json: string, parts: readonly Part[]): boolean {
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') {
      const rest = json.slice(at)
      if (rest.length < part.length) return part.startsWith(rest)
      if (!rest.startsWith(part)) return false
      at += part.length
    } else while (at < json.length && part.test(json.charAt(at))) at++
  }
  return false
}
