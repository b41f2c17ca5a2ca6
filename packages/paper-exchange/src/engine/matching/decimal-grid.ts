import { InputError } from '@tidegate/trading-model'

const zero = 48
const point = 46
const most = Number.MAX_SAFE_INTEGER

/**
 * Turns plain decimal text into whole increments and back, exactly and without a decimal library: this is the boundary of the
 * matching core, where every order passes. Text that is no multiple of the increment is told apart, never rounded.
 */
export class DecimalGrid {
  private readonly decimals: number
  /** The increment in units of its own last decimal: 25 for `0.25`. */
  private readonly step: number
  private readonly perWhole: number

  /**
   * @param increment - Plain decimal such as `"0.01"` or `"0.25"`.
   * @param field - Its name, for the error.
   * @throws {InputError} when it is no plain decimal above zero, or finer than 15 decimals.
   */
  constructor(increment: string, field: string) {
    const [whole = '', fraction = ''] = increment.split('.')
    const digits = fraction.replace(/0+$/, '')
    const step = /^\d+(\.\d+)?$/.test(increment) ? Number(whole + digits) : 0
    if (!Number.isSafeInteger(step) || step === 0 || digits.length > 15) {
      throw new InputError([
        { field, problem: `${JSON.stringify(increment)} is no usable increment`, fix: `send ${field} such as "0.01"` },
      ])
    }
    this.decimals = digits.length
    this.step = step
    this.perWhole = 10 ** digits.length
  }

  /**
   * Whole increments in a plain decimal: digits, at most one point, no sign, no exponent.
   *
   * @returns `NaN` when it is not that or lies between two increments; `Infinity` beyond 2^53 - 1 of the increment's last decimal.
   */
  parse(text: string): number {
    let value = 0
    let decimals = -1
    const { length } = text
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at)
      if (code === point) {
        if (decimals >= 0 || at === 0 || at === length - 1) return Number.NaN
        decimals = 0
        continue
      }
      const digit = code - zero
      if (!(digit >= 0 && digit <= 9)) return Number.NaN
      if (decimals >= this.decimals) {
        if (digit !== 0) return Number.NaN
        continue
      }
      if (decimals >= 0) decimals++
      value = value * 10 + digit
      if (value > most) return isPlain(text) ? Number.POSITIVE_INFINITY : Number.NaN
    }
    if (length === 0) return Number.NaN
    for (let missing = this.decimals - Math.max(0, decimals); missing > 0; missing--) {
      value *= 10
      if (value > most) return Number.POSITIVE_INFINITY
    }
    if (this.step === 1) return value
    return value % this.step === 0 ? value / this.step : Number.NaN
  }

  /**
   * The plain decimal that so many increments are, without trailing zeros.
   *
   * @param units - Whole increments that {@link DecimalGrid.parse} gave, or a difference of such.
   */
  format(units: number): string {
    const value = units * this.step
    let rest = value % this.perWhole
    // Exact: the dividend is a multiple of the divisor.
    const whole = (value - rest) / this.perWhole
    if (rest === 0) return String(whole)
    let { decimals } = this
    while (rest % 10 === 0) {
      rest /= 10
      decimals--
    }
    return `${whole}.${String(rest).padStart(decimals, '0')}`
  }

  /** The same for a sum, which may be beyond what one number holds exactly. */
  formatTotal(units: bigint): string {
    if (units * BigInt(this.step) <= BigInt(most)) return this.format(Number(units))
    const digits = String(units * BigInt(this.step)).padStart(this.decimals + 1, '0')
    const whole = digits.slice(0, digits.length - this.decimals)
    const fraction = digits.slice(digits.length - this.decimals).replace(/0+$/, '')
    return fraction === '' ? whole : `${whole}.${fraction}`
  }
}

function isPlain(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text)
}
