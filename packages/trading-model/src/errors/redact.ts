const secretKeys = /(secret|passphrase|password|private_?key|api_?key$|authorization|jwt|token$|totp|cookie|pem)/i
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g
const jwt = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi
const MASK = '[redacted]'

/** Masks key material that is recognisable by its form: PEM blocks, JWTs, Authorization values. */
export function redactText(text: string): string {
  return text.replace(pem, MASK).replace(jwt, MASK).replace(bearer, `$1 ${MASK}`)
}

/** Copies `value` with secrets masked, by name of the field and by form of the text. Cycles and depth beyond 8 are cut. */
export function redact(value: unknown, depth = 0, seen: WeakSet<object> = new WeakSet()): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth > 8 || seen.has(value)) return '[cut]'
  seen.add(value)
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1, seen))
  if (value instanceof Error) {
    return redact(
      { name: value.name, message: value.message, ...('code' in value ? { code: value.code } : {}) },
      depth + 1,
      seen,
    )
  }
  if (isDecimalLike(value)) return value.toFixed()
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    copy[key] = secretKeys.test(key) && typeof item !== 'boolean' ? MASK : redact(item, depth + 1, seen)
  }
  return copy
}

function isDecimalLike(value: object): value is { toFixed(): string } {
  return typeof (value as { toFixed?: unknown }).toFixed === 'function'
}
