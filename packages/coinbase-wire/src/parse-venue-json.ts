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
  // Most answers are text throughout: they need no second reading.
  if (typeof plain !== 'object' || plain === null || !holdsNumber(plain)) return plain
  return JSON.parse(body.replace(tokens, (token) => (token.startsWith('"') ? token : `"${plainDigits(token)}"`)))
}

/** Without recursion: how deep a body nests is the venue's choice. */
function holdsNumber(json: object): boolean {
  const left = [json]
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    for (const value of Object.values(part) as unknown[]) {
      if (typeof value === 'number') return true
      if (typeof value === 'object' && value !== null) left.push(value)
    }
  }
  return false
}

function plainDigits(number: string): string {
  if (!/[eE]/.test(number)) return number
  const exponent = Number(/[eE]([+-]?\d+)/.exec(number)?.[1])
  return Math.abs(exponent) > 60 ? number : formatDecimal(new Decimal(number))
}
