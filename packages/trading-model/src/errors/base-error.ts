import type { ErrorCode } from './codes.js'
import { redact } from './redact.js'

const brand: unique symbol = Symbol.for('tidegate.error') as never

export interface BaseErrorOptions {
  /** More about the cause, one sentence. */
  readonly details?: string
  /** What to do now. */
  readonly hint?: string
  /** Facts for the log; secrets are redacted on the way out. */
  readonly context?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * Root of every error that Tidegate throws. `code` is API and never renamed.
 * The brand survives duplicate copies of this package, so prefer {@link BaseError.isInstance} to `instanceof`.
 */
export class BaseError extends Error {
  override readonly name: string = 'BaseError'
  readonly code: ErrorCode
  /** First line of the message, fit for one log line. */
  readonly shortMessage: string
  readonly details: string | undefined
  readonly hint: string | undefined
  readonly context: Readonly<Record<string, unknown>>
  readonly [brand] = true

  constructor(code: ErrorCode, shortMessage: string, options: BaseErrorOptions = {}) {
    const lines = [shortMessage]
    if (options.details) lines.push(`Details: ${options.details}`)
    if (options.hint) lines.push(`Next: ${options.hint}`)
    lines.push(`Code: ${code} (docs/errors.md)`)
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.shortMessage = shortMessage
    this.details = options.details
    this.hint = options.hint
    this.context = options.context ?? {}
  }

  static isInstance(value: unknown): value is BaseError {
    return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true
  }

  /** Walks down the causes and returns the first that `matches`, or the innermost cause. */
  walk(matches?: (error: unknown) => boolean): unknown {
    return walkCauses(this, matches)
  }

  toJSON(): Record<string, unknown> {
    return redact({
      name: this.name,
      code: this.code,
      message: this.shortMessage,
      ...(this.details ? { details: this.details } : {}),
      ...(this.hint ? { hint: this.hint } : {}),
      ...this.context,
    }) as Record<string, unknown>
  }
}

function walkCauses(error: unknown, matches: ((error: unknown) => boolean) | undefined): unknown {
  let current = error
  // Causes may form a ring; nobody needs more than this.
  for (let depth = 0; depth < 32; depth++) {
    if (matches?.(current)) return current
    const next = (current as { cause?: unknown } | undefined)?.cause
    if (next === undefined) return matches ? undefined : current
    current = next
  }
  return undefined
}
