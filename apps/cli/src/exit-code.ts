import { BaseError } from '@tidegate/trading-model'

/** 0 ok · 1 refused or failed · 2 usage · 3 outcome unknown: a script must not retry. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unknown: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Exit code for a tool's structured content or a control verb's answer. */
export function exitCodeOf(answer: Readonly<Record<string, unknown>>): ExitCode {
  if (answer['outcome'] === 'unknown') return EXIT.unknown
  if (answer['ok'] === true || answer['success'] === true) return EXIT.ok
  // A large order that waits for a person went as it should.
  if (answer['outcome'] === 'awaiting_approval' || answer['outcome'] === 'dry_run') return EXIT.ok
  if (answer['ok'] === false || answer['success'] === false || 'error' in answer) {
    return isUsage(answer) ? EXIT.usage : EXIT.refused
  }
  return EXIT.ok
}

/** Exit code for something that was thrown. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (!BaseError.isInstance(error)) return EXIT.refused
  if (error.code === 'ERR_VENUE_OUTCOME_UNKNOWN') return EXIT.unknown
  return error.code === 'ERR_INPUT_INVALID' || error.code.startsWith('ERR_CONFIG') ? EXIT.usage : EXIT.refused
}

function isUsage(answer: Readonly<Record<string, unknown>>): boolean {
  const error = answer['error']
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : answer['code']
  return code === 'ERR_INPUT_INVALID'
}
