/** Codes of faults after which it is certain that nothing was sent. */
export const surelyNothingSent: ReadonlySet<string> = new Set([
  'ERR_INPUT_INVALID',
  'ERR_PERMISSION',
  'ERR_CALL_RATE',
  'ERR_NOT_READY',
  'ERR_IDEMPOTENCY_CONFLICT',
  'ERR_NOT_FOUND',
  'ERR_UNAUTHENTICATED',
])
