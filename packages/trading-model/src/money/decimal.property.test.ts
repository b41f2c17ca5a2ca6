import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../errors/input-error.js'
import { Decimal, formatDecimal, parseDecimal, parsePositiveDecimal, readDecimal } from './decimal.js'

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''))

/** Canonical text: no leading zeros, no trailing zeros after the point; up to 36 digits. */
const canonical = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    digits(0, 17),
    digits(0, 17),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([first, whole, fraction, last, isWhole, isSmall]) => {
    const left = isSmall ? '0' : `${first}${whole}`
    return isWhole && !isSmall ? left : `${left}.${fraction}${last}`
  })

describe('decimals at the boundary', () => {
  it('give back the very text they were parsed from', () => {
    fc.assert(
      fc.property(canonical, (text) => formatDecimal(parseDecimal(text, 'size')) === text),
      { numRuns: 5_000 },
    )
  })

  it('keep the smallest Bitcoin amount and thirty-digit values', () => {
    for (const text of [
      '0.00000001',
      '123456789012.123456789012345678',
      '999999999999999999.999999999999999999',
      '0',
    ]) {
      expect(formatDecimal(parseDecimal(text, 'size'))).toBe(text)
    }
  })

  it('add and multiply without losing a digit, checked with whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 30n), fc.bigInt(0n, 10n ** 30n), (a, b) => {
        const left = new Decimal(a.toString()).div('1e15')
        const right = new Decimal(b.toString()).div('1e15')
        expect(left.plus(right).mul('1e15').toFixed()).toBe((a + b).toString())
        expect(left.mul(right).mul('1e30').toFixed()).toBe((a * b).toString())
      }),
      { numRuns: 1_000 },
    )
  })

  it('never come out in exponent notation', () => {
    fc.assert(
      fc.property(fc.integer({ min: -38, max: 38 }), fc.integer({ min: 1, max: 9 }), (exponent, digit) => {
        expect(formatDecimal(new Decimal(`${digit}e${exponent}`))).not.toMatch(/e/i)
      }),
    )
  })

  it.each([
    'NaN',
    'Infinity',
    '1e-7',
    '-1',
    '+1',
    '',
    ' 1 ',
    '٣',
    '１',
    '0x10',
    '1_0',
    '1,5',
    '01',
    '.5',
    '5.',
    '9'.repeat(400),
    '1.0000000000000000001',
    '1\n',
  ])('refuse %j and name the field and the cure', (text) => {
    const attempt = () => parseDecimal(text, 'size')
    expect(attempt).toThrow(InputError)
    try {
      attempt()
    } catch (error) {
      const issue = (error as InputError).issues[0]
      expect(issue?.field).toBe('size')
      expect(issue?.fix).toContain('size')
      expect((error as InputError).message.length).toBeLessThan(500)
    }
  })

  it.each([[1], [null], [undefined], [true], [['1']], [{}]])('refuse %j because it is no string', (value) => {
    expect(() => parseDecimal(value, 'limit_price')).toThrow(/limit_price is .*not a string/)
  })

  it('refuse zero where something must be more than nothing', () => {
    expect(() => parsePositiveDecimal('0', 'size')).toThrow(/size is zero/)
    expect(() => parsePositiveDecimal('0.000', 'size')).toThrow(InputError)
  })

  it('read an empty or missing venue number as unknown, never as zero', () => {
    expect(readDecimal('')).toBeUndefined()
    expect(readDecimal(null)).toBeUndefined()
    expect(readDecimal('abc')).toBeUndefined()
    expect(readDecimal('0')?.isZero()).toBe(true)
    expect(readDecimal('-0.28560028586595')?.toFixed()).toBe('-0.28560028586595')
    expect(readDecimal('0.0000000000000000')?.isZero()).toBe(true)
  })
})
