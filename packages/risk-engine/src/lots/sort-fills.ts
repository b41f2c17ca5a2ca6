import type { Fill } from '@tidegate/trading-model'

/**
 * Fills in the order they happened, each once. Ties are broken by sequence, trade id and order id, so any permutation and any
 * repetition of the same fills gives the same list.
 */
export function sortFills(fills: readonly Fill[]): readonly Fill[] {
  const sorted = [...fills].sort(
    (a, b) =>
      a.tradedAtMs - b.tradedAtMs ||
      a.sequenceAtMs - b.sequenceAtMs ||
      compare(a.tradeId, b.tradeId) ||
      compare(a.orderId, b.orderId) ||
      compare(contentOf(a), contentOf(b)),
  )
  const seen = new Set<string>()
  return sorted.filter((fill) => {
    const key = JSON.stringify([fill.orderId, fill.tradeId])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function contentOf(fill: Fill): string {
  return [fill.productId, fill.side, fill.price, fill.baseSize, fill.fee, fill.feeCurrency].join(' ')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
