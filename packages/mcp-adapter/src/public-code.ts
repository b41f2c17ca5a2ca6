import type { BaseError, PublicCode } from '@tidegate/trading-model'

/** The specification's four error names; everything else keeps its own code. */
export type SpecificationCode = 'INSUFFICIENT_FUNDS' | 'INVALID_ORDER_SIZE' | 'PRODUCT_NOT_FOUND' | 'ORDER_NOT_FOUND'

const rules: readonly (readonly [RegExp, SpecificationCode])[] = [
  [/^(PREVIEW_)?INSUFFICIENT_(FUNDS?|LEDGER_BALANCE)$/, 'INSUFFICIENT_FUNDS'],
  [/^(PREVIEW_)?INVALID_LEDGER_BALANCE$/, 'INSUFFICIENT_FUNDS'],
  [/^REJECT_REASON_INSUFFICIENT_FUNDS$/, 'INSUFFICIENT_FUNDS'],
  [/^(PREVIEW_)?INVALID_(BASE_|QUOTE_)?SIZE(_PRECISION|_TOO_SMALL|_TOO_LARGE)?$/, 'INVALID_ORDER_SIZE'],
  [/^INVALID_ORDER_SIZE$/, 'INVALID_ORDER_SIZE'],
  [/^(PREVIEW_)?INVALID_PRODUCT_ID$/, 'PRODUCT_NOT_FOUND'],
  [/^PRODUCT_NOT_FOUND$/, 'PRODUCT_NOT_FOUND'],
  [/^(UNKNOWN_CANCEL_ORDER|ORDER_NOT_FOUND)$/, 'ORDER_NOT_FOUND'],
]

/** The specification's name for a code of ours or a reason word of the venue; `undefined` where it has none. */
export function specificationCode(word: string): SpecificationCode | undefined {
  return rules.find(([pattern]) => pattern.test(word))?.[1]
}

/** The name under which a code goes out: the specification's where it has one, the code itself otherwise. */
export function publicCode(code: string): string {
  return specificationCode(code) ?? code
}

/**
 * The name under which an error goes out. A not-found error carries its more exact name in `context.publicCode`; a
 * rejection carries the venue's reason word in `context.venueReason`.
 */
export function publicCodeOf(error: BaseError): string {
  const exact = error.context['publicCode']
  if (typeof exact === 'string') return publicCode(exact)
  const reason = error.context['venueReason']
  const named = typeof reason === 'string' ? specificationCode(reason) : undefined
  return named ?? (error.code satisfies PublicCode)
}
