const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const maxDepth = 32
/** Every whole number of so many digits is exact. */
const exactDigits = 15

/**
 * True when one look at a JSON text shows that it is canonical, as nearly every entry's is: keys in order and none twice, no space, whole
 * numbers in their one form, of escapes only `\"` and `\\`. False says nothing: parsing and writing it again decides then.
 */
export function isPlainlyCanonical(text: string): boolean {
  return afterValue(text, 0, 0) === text.length
}

/** Place behind the value that begins at `at`; -1 where it is not plain. */
function afterValue(text: string, at: number, depth: number): number {
  const code = text.charCodeAt(at)
  if (code === QUOTE) return afterString(text, at)
  if (code === OPEN_OBJECT) return depth === maxDepth ? -1 : afterObject(text, at, depth + 1)
  if (code === OPEN_LIST) return depth === maxDepth ? -1 : afterList(text, at, depth + 1)
  if (code === 45 || isDigit(code)) return afterWhole(text, at)
  for (const word of words) if (text.startsWith(word, at)) return at + word.length
  return -1
}

const words = ['null', 'true', 'false'] as const

function afterString(text: string, at: number): number {
  for (let index = at + 1; ; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) return index + 1
    if (code === BACKSLASH) {
      const escaped = text.charCodeAt(++index)
      if (escaped !== QUOTE && escaped !== BACKSLASH) return -1
      // Past the end the code is NaN; of surrogates only pairs may stand as they are.
    } else if (!(code >= 32) || (code >= 0xd800 && code <= 0xdfff)) return -1
  }
}

function afterWhole(text: string, at: number): number {
  const first = text.charCodeAt(at) === 45 ? at + 1 : at
  let end = first
  while (isDigit(text.charCodeAt(end))) end++
  const digits = end - first
  if (digits === 0 || digits > exactDigits || (text.charCodeAt(first) === 48 && end - at > 1)) return -1
  const next = text.charCodeAt(end)
  // A fraction or an exponent follows.
  return next === 46 || next === 69 || next === 101 ? -1 : end
}

function afterList(text: string, at: number, depth: number): number {
  if (text.charCodeAt(at + 1) === CLOSE_LIST) return at + 2
  for (let next = at + 1; ; next++) {
    next = afterValue(text, next, depth)
    if (next === -1) return -1
    const code = text.charCodeAt(next)
    if (code === CLOSE_LIST) return next + 1
    if (code !== COMMA) return -1
  }
}

function afterObject(text: string, at: number, depth: number): number {
  if (text.charCodeAt(at + 1) === CLOSE_OBJECT) return at + 2
  let before = -1
  for (let next = at + 1; ; next++) {
    // Keys of digits have an order of their own; one with an escape would have to be read before it is compared.
    if (text.charCodeAt(next) !== QUOTE || isDigit(text.charCodeAt(next + 1))) return -1
    if (before !== -1 && !isKeyBefore(text, before, next)) return -1
    before = next
    next = afterPlainKey(text, next)
    if (next === -1 || text.charCodeAt(next) !== COLON) return -1
    next = afterValue(text, next + 1, depth)
    if (next === -1) return -1
    const code = text.charCodeAt(next)
    if (code === CLOSE_OBJECT) return next + 1
    if (code !== COMMA) return -1
  }
}

function afterPlainKey(text: string, at: number): number {
  for (let index = at + 1; ; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) return index + 1
    if (code === BACKSLASH || !(code >= 32) || (code >= 0xd800 && code <= 0xdfff)) return -1
  }
}

/** Is the key that begins at `one` smaller than that at `other`? Both are without escapes or about to be refused. */
function isKeyBefore(text: string, one: number, other: number): boolean {
  for (let step = 1; ; step++) {
    const a = text.charCodeAt(one + step)
    const b = text.charCodeAt(other + step)
    if (b === QUOTE || Number.isNaN(b)) return false
    if (a === QUOTE) return true
    if (a !== b) return a < b
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
