import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalText, readCanonical } from './canonical.js'
import { isPlainlyCanonical } from './plainly-canonical.js'

/** What canonical means, said slowly: read and written again, with the keys of every object in order, it is the same text. */
function isCanonical(text: string): boolean {
  try {
    return canonicalText(JSON.parse(text)) === text
  } catch {
    return false
  }
}

const values = fc.jsonValue({ maxDepth: 4 })
const texts = fc.oneof(
  values.map(canonicalText),
  values.map((value) => JSON.stringify(value)),
  fc.json(),
)
/** Letters that mean something in JSON, and some that must not stand there. */
const letters = fc.constantFrom(...'{}[]",:\\ \n\t\0.-+eE0123456789unltrf/b\u007f\u2028\ud800\udc00\ufeffé'.split(''))
const changed = fc.tuple(texts, fc.nat(), letters, fc.constantFrom(0, 1, 2)).map(([text, at, letter, gone]) => {
  const place = at % (text.length + 1)
  return text.slice(0, place) + letter + text.slice(place + gone)
})

describe('one look at a text', () => {
  it('calls nothing canonical that is not, of texts as they are and with a letter put in or changed', () => {
    fc.assert(
      fc.property(fc.oneof(texts, changed, changed), (text) => {
        const canonical = isCanonical(text)
        if (isPlainlyCanonical(text)) expect(canonical, JSON.stringify(text)).toBe(true)
        expect(readCanonical(text) !== undefined, JSON.stringify(text)).toBe(canonical)
      }),
      { numRuns: 3_000 },
    )
  })

  it('suffices for what the journal writes', () => {
    const body = {
      row: 'f'.repeat(64),
      terms: JSON.stringify({ side: 'BUY', size: '1' }),
      reservations: [{ scope: 'value:account', from: '0', to: '-5' }],
      'a b': [true, false, null, 0, -7, 1_795_000_000_000, [], {}],
      é: '😀'.slice(0, 0),
    }
    expect(isPlainlyCanonical(canonicalText(body))).toBe(true)
  })
})
