const invisible = new RegExp(
  [
    String.raw`\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2028|\u2029|\u3164|\uffa0`,
    String.raw`[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]`,
  ].join('|'),
  'gu',
)
const DECIMAL = /^-?\d{1,60}(?:\.\d{1,60})?$/

/** What stands where a value should be and none that can be trusted is. */
export const NOT_KNOWN = '–'

/** Text fit to be shown: one line, no invisible or reordering characters, at most `most` characters. Never markup. */
export function plainText(value: unknown, most = 300): string {
  if (typeof value !== 'string') return ''
  const points = Array.from(
    value
      .slice(0, most * 4)
      .replace(/\s+/gu, ' ')
      .replace(invisible, '')
      .trim(),
  )
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('')
}

/** A decimal exactly as it was written, or {@link NOT_KNOWN}. No digit is added, rounded or dropped. */
export function exactDecimal(value: unknown): string {
  return typeof value === 'string' && DECIMAL.test(value) ? value : NOT_KNOWN
}

/** Where to draw a decimal. For pixels only: no text is ever made from it. */
export function toPixelValue(decimal: string): number {
  return DECIMAL.test(decimal) ? Number(decimal) : Number.NaN
}

/** Digits after the point. */
export function decimalPlaces(decimal: string): number {
  return decimal.includes('.') ? decimal.length - decimal.indexOf('.') - 1 : 0
}

/** The exact sum of decimals; {@link NOT_KNOWN} when one of them is none. */
export function sumOf(decimals: readonly string[]): string {
  if (decimals.length === 0 || !decimals.every((text) => DECIMAL.test(text))) return NOT_KNOWN
  const places = Math.max(...decimals.map(decimalPlaces))
  const units = decimals.map((text) => BigInt(text.replace('.', '') + '0'.repeat(places - decimalPlaces(text))))
  const total = units.reduce((sum, each) => sum + each, 0n)
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const rest = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${total < 0n ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

/** `2026-11-24 12:03:04 UTC`: the same for everybody who looks. */
export function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A length of time in its two largest units, e.g. `3 min 20 s`. */
export function lengthOfTime(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}
