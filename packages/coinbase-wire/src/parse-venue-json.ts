import { Decimal, formatDecimal } from '@tidegate/trading-model'

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * `JSON.parse` that keeps the digits of numbers: each number becomes decimal text, so that nothing passes through a float.
 * The schemas of this package read both forms.
 *
 * @throws {SyntaxError} when the text is no JSON.
 */
export function parseVenueJson(body: string): unknown {
  // Validated first: quoting numbers could make sense out of what is none (`01`, `1"a"`).
  const plain: unknown = JSON.parse(body)
  if (typeof plain !== 'object' || plain === null) return plain
  return JSON.parse(body.replace(tokens, (token) => (token.startsWith('"') ? token : `"${plainDigits(token)}"`)))
}

function plainDigits(number: string): string {
  if (!/[eE]/.test(number)) return number
  const exponent = Number(/[eE]([+-]?\d+)/.exec(number)?.[1])
  return Math.abs(exponent) > 60 ? number : formatDecimal(new Decimal(number))
}
