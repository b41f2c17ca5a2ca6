import { describe, expect, it } from 'vitest'
import { newTotpSecret, readCode, totpFactor, totpUri } from './totp.js'

/** Base32 of the ASCII text 12345678901234567890, the SHA-1 secret of RFC 6238 appendix B and RFC 4226 appendix D. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

describe('one-time codes', () => {
  // Appendix B prints eight digits; six are their end, for both are the same number modulo a power of ten.
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238 at %i s', (seconds, eight) => {
    expect(totpFactor(SECRET, eight.slice(2)).stepAt(seconds * 1_000)).toBe(Math.floor(seconds / 30))
  })

  it('are those of RFC 4226 for the first ten steps', () => {
    const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
    for (const [step, code] of codes.entries()) expect(totpFactor(SECRET, code).stepAt(step * 30_000)).toBe(step)
  })

  it('are good one step early and one step late, to the millisecond, and say which step is theirs', () => {
    const factor = totpFactor(SECRET, '969429')
    const begins = 3 * 30_000
    expect(factor.stepAt(begins - 30_000 - 1)).toBeUndefined()
    for (const nowMs of [begins - 30_000, begins, begins + 59_999]) expect(factor.stepAt(nowMs)).toBe(3)
    expect(factor.stepAt(begins + 60_000)).toBeUndefined()
  })

  it('of another secret, with a digit changed or too few of them are no codes', () => {
    const other = newTotpSecret({ bytes: (length) => new Uint8Array(length).fill(7) })
    expect(totpFactor(other, '969429').stepAt(90_000)).toBeUndefined()
    expect(totpFactor(SECRET, '969428').stepAt(90_000)).toBeUndefined()
    expect(totpFactor(SECRET, '96942').stepAt(90_000)).toBeUndefined()
  })

  it('are read with spaces, and nothing else beside six digits', () => {
    expect(readCode(' 969 429\n')).toBe('969429')
    for (const text of ['', '96942', '9694290', '96942a', '٩٦٩٤٢٩', '-96942']) expect(readCode(text)).toBeUndefined()
  })

  it('come from 160 random bits, in an address that names approver and environment', () => {
    let asked = 0
    const random = {
      bytes: (length: number) => {
        asked = length
        return Buffer.from('12345678901234567890')
      },
    }
    expect(newTotpSecret(random)).toBe(SECRET)
    expect(asked).toBe(20)
    const uri = new URL(totpUri('ann', 'production', SECRET))
    expect(decodeURIComponent(uri.pathname)).toContain('Tidegate:ann (production)')
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Tidegate',
      secret: SECRET,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
