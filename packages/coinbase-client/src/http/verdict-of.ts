/** Words of a gateway that lost its way; the request behind it may have been carried out. */
const shrugs: ReadonlySet<string> = new Set([
  'ABORTED',
  'ALREADY_EXISTS',
  'CANCELLED',
  'DATA_LOSS',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'INTERNAL_ERROR',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'TIMEOUT',
  'UNAVAILABLE',
])

/** The word, where it is a verdict; `undefined` for `unknown`, its relatives, bare numbers, and words of a gateway in trouble. */
export function verdictOf(word: string | undefined): string | undefined {
  if (word === undefined || /^unknown/i.test(word) || !/[a-z]/i.test(word)) return undefined
  return shrugs.has(word.toUpperCase()) ? undefined : word
}
