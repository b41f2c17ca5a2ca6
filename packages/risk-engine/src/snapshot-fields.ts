import {
  Decimal,
  deserializeTerms,
  formatDecimal,
  type Intent,
  InvariantError,
  serializeTerms,
} from '@tidegate/trading-model'

/** Computed values (day results, cross rates) have up to 80 significant digits, more than a venue ever sends. */
const storedDecimal = /^-?\d{1,90}(\.\d{1,160})?$/

/** A JSON object on its way in or out. */
export type Fields = Readonly<Record<string, unknown>>

/** A decimal as stored. */
export function textOf(value: unknown): string {
  return formatDecimal(value as Decimal)
}

/** @throws {InvariantError} When the stored value is no decimal: corrupt data is worse than no data. */
export function decimalOf(value: unknown): Decimal {
  if (typeof value !== 'string' || !storedDecimal.test(value)) {
    throw new InvariantError(`Stored snapshot has ${JSON.stringify(value)} where a decimal belongs`)
  }
  return new Decimal(value)
}

/** Applies `convert` to the listed fields that are present. */
export function decimalsOf<T>(
  source: object,
  names: readonly string[],
  convert: (value: unknown) => T,
): Readonly<Record<string, T>> {
  const fields = source as Fields
  return Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, convert(fields[name])]),
  )
}

/** An intent is strings and numbers already, apart from its terms. */
export function intentToText(intent: Intent): Fields {
  return { ...intent, terms: serializeTerms(intent.terms) }
}

/** Reads an intent back from stored snapshot text; only its terms need more than JSON. */
export function intentFromText(raw: Fields): Intent {
  return { ...raw, terms: deserializeTerms(raw['terms'] as string) } as unknown as Intent
}
