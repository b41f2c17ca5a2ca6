import { type BookLevel, type Decimal, ZERO } from '@tidegate/trading-model'

/** What a side of the book gives for an amount. */
export interface Walk {
  /** Base units taken. */
  readonly baseSize: Decimal
  /** Quote units exchanged, without fee. */
  readonly value: Decimal
  /** Price of the deepest level touched; absent when the side is empty. */
  readonly worstPrice: Decimal | undefined
  /** False when the levels shown do not cover the amount. */
  readonly isComplete: boolean
}

/** Takes `baseSize` base units from `levels`, best first. */
export function walkByBase(levels: readonly BookLevel[], baseSize: Decimal): Walk {
  return walk(levels, (level, taken) => {
    const left = baseSize.minus(taken.baseSize)
    return left.lte(level.size)
      ? { baseSize: left, value: left.mul(level.price), isLast: true }
      : { baseSize: level.size, value: level.size.mul(level.price), isLast: false }
  })
}

/** Takes levels worth `value` quote units, best first. */
export function walkByValue(levels: readonly BookLevel[], value: Decimal): Walk {
  return walk(levels, (level, taken) => {
    const left = value.minus(taken.value)
    const offered = level.size.mul(level.price)
    return left.lte(offered)
      ? { baseSize: left.div(level.price), value: left, isLast: true }
      : { baseSize: level.size, value: offered, isLast: false }
  })
}

interface Taken {
  readonly baseSize: Decimal
  readonly value: Decimal
}

function walk(
  levels: readonly BookLevel[],
  take: (level: BookLevel, taken: Taken) => Taken & { isLast: boolean },
): Walk {
  let taken: Taken = { baseSize: ZERO, value: ZERO }
  let worstPrice: Decimal | undefined
  for (const level of levels) {
    const step = take(level, taken)
    taken = { baseSize: taken.baseSize.plus(step.baseSize), value: taken.value.plus(step.value) }
    worstPrice = level.price
    if (step.isLast) return { ...taken, worstPrice, isComplete: true }
  }
  return { ...taken, worstPrice, isComplete: false }
}
