import {
  BaseError,
  describeCode,
  errorCodes,
  type InputIssue,
  type Log,
  type PublicCode,
} from '@tidegate/trading-model'
import type { JsonObject, ToolOutcome } from './backend.js'
import { publicCodeOf } from './public-code.js'
import { untrustedText } from './shared/untrusted-text.js'

/** What a caller learns of an error: code, sentence, numbers, next step. Never a stack, a query string or a key. */
export interface ErrorBody {
  readonly code: string
  readonly sentence: string
  readonly next: string
  readonly retry: string
  readonly facts: JsonObject
}

/** Numbers and words of an error's context that help the caller; everything else stays in the log. */
const shownFacts: Readonly<Record<string, string>> = {
  ageMs: 'age_ms',
  maxAgeMs: 'max_age_ms',
  httpStatus: 'http_status',
  outcome: 'venue_outcome',
  venueReason: 'venue_reason',
  endpoint: 'endpoint',
  role: 'role',
}

/** Describes any thrown value. What is not one of our errors is a bug: its text stays in the log. */
export function describeError(error: unknown): ErrorBody {
  if (!BaseError.isInstance(error)) {
    return {
      code: 'ERR_INVARIANT',
      sentence: 'Something went wrong inside Tidegate; the log has the details',
      next: errorCodes.ERR_INVARIANT.advice,
      retry: errorCodes.ERR_INVARIANT.retry,
      facts: {},
    }
  }
  const entry = describeCode(error.code satisfies PublicCode)
  return {
    code: publicCodeOf(error),
    sentence: untrustedText(error.shortMessage, 400),
    next: untrustedText(error.hint ?? entry.advice, 600),
    retry: entry.retry,
    facts: factsOf(error),
  }
}

/**
 * The only place that turns an error into a tool result.
 *
 * @param extra - What only the tool knows: `outcome`, and a `next` and `retry` that replace the error's own.
 */
export function toToolResult(error: unknown, log: Log, tool: string, extra: JsonObject = {}): ToolOutcome {
  const described = describeError(error)
  const body: ErrorBody = {
    ...described,
    ...(typeof extra['next'] === 'string' ? { next: extra['next'] } : {}),
    ...(typeof extra['retry'] === 'string' ? { retry: extra['retry'] } : {}),
  }
  const isOurs = BaseError.isInstance(error)
  if (isOurs && error.code !== 'ERR_INVARIANT') log.debug('tool_refused', { tool, code: body.code })
  else log.error('tool_failed', { tool, error: isOurs ? error.toJSON() : error })
  return {
    isError: true,
    structured: {
      success: false,
      error: showError(body),
      next: body.next,
      ...(extra['outcome'] === undefined ? {} : { outcome: extra['outcome'] }),
    },
  }
}

/** An error as every result shows it: `{code, message, fix, retry}` and the facts that come with it. */
export function showError(body: ErrorBody): JsonObject {
  return { code: body.code, message: body.sentence, fix: body.next, retry: body.retry, ...body.facts }
}

function factsOf(error: BaseError): JsonObject {
  const facts: Record<string, JsonObject[string]> = {}
  for (const [name, shown] of Object.entries(shownFacts)) {
    const value = error.context[name] ?? (error as unknown as Readonly<Record<string, unknown>>)[name]
    if (typeof value === 'number' && Number.isFinite(value)) facts[shown] = value
    if (typeof value === 'string' && value !== '') facts[shown] = untrustedText(value.split(/[?#]/)[0] ?? '', 120)
  }
  if (error.code === 'ERR_VENUE_RATE_LIMIT' || error.code === 'ERR_CALL_RATE') {
    const wait = (error as unknown as { readonly retryAfterMs?: unknown }).retryAfterMs
    if (typeof wait === 'number') facts['retry_after_ms'] = wait
  }
  const { issues } = error as unknown as { readonly issues?: readonly InputIssue[] }
  if (issues) {
    facts['issues'] = issues.map((issue) => ({
      field: untrustedText(issue.field, 60),
      problem: untrustedText(issue.problem, 200),
      fix: untrustedText(issue.fix, 400),
    }))
  }
  return facts
}
