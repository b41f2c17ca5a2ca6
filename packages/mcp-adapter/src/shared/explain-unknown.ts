import type { InputIssue } from '@tidegate/trading-model'
import { venueWord } from './untrusted-text.js'

/** What other interfaces call our arguments. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  price: ['limit_price'],
  amount: ['size', 'quote_size'],
  quantity: ['size'],
  qty: ['size'],
  base_size: ['size'],
  symbol: ['product_id', 'symbols'],
  pair: ['product_id'],
  ticker: ['product_id'],
  product: ['product_id', 'product_ids'],
  product_id: ['product_ids', 'product', 'symbols'],
  product_ids: ['product_id', 'symbols'],
  type: ['order_type'],
  id: ['order_id'],
  interval: ['granularity'],
  timeframe: ['granularity'],
  limit: ['count'],
  start_time: ['start'],
  end_time: ['end'],
}

/** A name nobody knows: says which one was probably meant, or which ones exist. */
export function explainUnknown(name: string, allowed: readonly string[]): InputIssue {
  const shown = venueWord(name, 40) || 'an unnamed argument'
  const meant =
    synonyms[name.toLowerCase()]?.find((word) => allowed.includes(word)) ??
    allowed.find((word) => distance(name.toLowerCase(), word) <= Math.max(1, Math.floor(word.length / 4)))
  return {
    field: shown,
    problem: 'is not known here',
    fix: meant
      ? `did you mean ${meant}?`
      : allowed.length === 0
        ? 'leave it out: nothing is expected here'
        : `leave it out; what exists: ${allowed.join(', ')}`,
  }
}

/** Levenshtein distance, for names of a few dozen characters. */
function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 4 || left.length > 60) return 99
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] ?? 99) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 99) + 1, (next[j - 1] ?? 99) + 1))
    }
    row = next
  }
  return row[right.length] ?? 99
}
