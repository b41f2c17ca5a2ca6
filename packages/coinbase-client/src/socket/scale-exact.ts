const ZERO_CODE = 48
const POINT_CODE = 46

/**
 * Reads plain decimal text as a whole number of `10^-decimals`, without a float in between.
 *
 * @returns `undefined` when the text is no plain decimal, has more decimals than that, or does not fit in 2^53.
 */
export function scaleExact(text: string, decimals: number): number | undefined {
  let value = 0
  let fractionDigits = -1
  let digits = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === POINT_CODE) {
      if (fractionDigits >= 0 || digits === 0) return undefined
      fractionDigits = 0
      continue
    }
    const digit = code - ZERO_CODE
    if (digit < 0 || digit > 9) return undefined
    digits++
    if (fractionDigits >= 0) {
      if (fractionDigits === decimals) {
        if (digit !== 0) return undefined
        continue
      }
      fractionDigits++
    }
    value = value * 10 + digit
    if (value > Number.MAX_SAFE_INTEGER) return undefined
  }
  if (digits === 0) return undefined
  for (let missing = decimals - Math.max(0, fractionDigits); missing > 0; missing--) {
    value *= 10
    if (value > Number.MAX_SAFE_INTEGER) return undefined
  }
  return value
}
