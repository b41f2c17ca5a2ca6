import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import type { ExchangeEngine } from './exchange-engine.js'
import type { FillRecord, OrderRecord } from './records.js'

/** What one fill is worth as evidence of what would have happened. */
export interface FillFidelity {
  /** Where the evidence came from, e.g. `synthetic (seed 7)`. */
  readonly mode: string
  /** `book`: displayed size was taken; `trade`: an opposite trade reached us; `cross`: the book moved through us. */
  readonly evidence: FillRecord['evidence']
  /** Base units that were estimated in front when the order entered the book; absent for takers and where nobody could know. */
  readonly queueAtEntry: string | undefined
  /** Share of the size that the evidence showed, in percent. */
  readonly participationPercent: number
  /** Quote units that a taker paid less, or got more, than its limit. */
  readonly priceImprovement: string
  /** True when the exchange slept while the order was live. */
  readonly hasGap: boolean
}

/** What a whole run is worth as evidence. */
export interface FidelityCard {
  readonly mode: string
  /** Nobody has run the same orders here and on the venue. */
  readonly isCalibrated: false
  readonly fills: number
  readonly byEvidence: Readonly<Record<FillRecord['evidence'], number>>
  readonly byLiquidity: Readonly<Record<FillRecord['liquidity'], number>>
  readonly participation: {
    readonly warnAbovePercent: number
    readonly medianPercent: number
    readonly maxPercent: number
    readonly fillsAbove: number
  }
  /** Maker fills whose queue at entry was estimated, and the median of the estimates in base units. */
  readonly queue: { readonly estimated: number; readonly unknown: number; readonly medianAtEntry: string | undefined }
  /** Per book since the start: base units that the market traded by itself, and that we did. */
  readonly volume: readonly {
    readonly bookId: string
    readonly seen: string
    readonly own: string
    readonly ownPercent: number | undefined
  }[]
  readonly orders: { readonly all: number; readonly withGap: number; readonly withUnreplayedGap: number }
  readonly latency: { readonly openDelayMs: number; readonly cancelDelayMs: number; readonly editDelayMs: number }
  /** Sentences about this run. Empty is not praise. */
  readonly warnings: readonly string[]
  /** What no run here can tell. */
  readonly unknowns: readonly string[]
}

const unknowns = [
  'Nobody reacts to your orders; what you take beyond the touch moves no price.',
  'The real queue is not known: the size shown at entry is assumed to stand in front, and only trades shorten it.',
  'Hidden size, other venues and the venue’s own matching order within one moment are not modelled.',
] as const

/** The card of one fill. */
export function fidelityOf(fill: FillRecord, order: OrderRecord | undefined): FillFidelity {
  return {
    mode: fill.priceSource ?? 'unrecorded',
    evidence: fill.evidence,
    queueAtEntry: fill.queueAtEntry && formatDecimal(fill.queueAtEntry),
    participationPercent: percent(fill.baseSize, fill.seenSize),
    priceImprovement: formatDecimal(order ? improvement(fill, order) : ZERO),
    hasGap: (order?.gaps.length ?? 0) > 0,
  }
}

/** The card of a run: everything the exchange remembers, its own volume against what it saw since the start. */
export function fidelityCard(
  engine: ExchangeEngine,
  options: {
    readonly priceSource: string
    readonly latency: FidelityCard['latency']
    readonly warnAbovePercent?: number
  },
): FidelityCard {
  const { fills, orders } = engine.state
  const warnAbovePercent = options.warnAbovePercent ?? 10
  const cards = fills.map((fill) => fidelityOf(fill, orders.get(fill.orderId)))
  const shares = cards.map((card) => card.participationPercent).sort((a, b) => a - b)
  const makers = fills.filter((fill) => fill.liquidity === 'MAKER')
  const queues = makers.flatMap((fill) => fill.queueAtEntry ?? []).sort((a, b) => a.cmp(b))
  const middle = queues[Math.floor(queues.length / 2)]
  const all = [...orders.values()]
  const withGap = all.filter((order) => order.gaps.length > 0)
  const card = {
    mode: options.priceSource,
    isCalibrated: false,
    fills: fills.length,
    byEvidence: { book: 0, trade: 0, cross: 0, ...countBy(fills, (fill) => fill.evidence) },
    byLiquidity: { MAKER: 0, TAKER: 0, ...countBy(fills, (fill) => fill.liquidity) },
    participation: {
      warnAbovePercent,
      medianPercent: shares[Math.floor(shares.length / 2)] ?? 0,
      maxPercent: shares.at(-1) ?? 0,
      fillsAbove: shares.filter((share) => share > warnAbovePercent).length,
    },
    queue: {
      estimated: queues.length,
      unknown: makers.length - queues.length,
      medianAtEntry: middle && formatDecimal(middle),
    },
    volume: volumes(engine),
    orders: {
      all: all.length,
      withGap: withGap.length,
      withUnreplayedGap: withGap.filter((order) => order.gaps.some((gap) => gap.isReplayed !== true)).length,
    },
    latency: options.latency,
    unknowns,
  } as const
  return { ...card, warnings: warningsOf(card) }
}

function warningsOf(card: Omit<FidelityCard, 'warnings'>): readonly string[] {
  const { participation, latency, orders, volume, mode } = card
  const warnings: string[] = []
  if (mode.startsWith('synthetic')) warnings.push('The market is synthetic: invented from a seed, fitted to nothing.')
  if (participation.fillsAbove > 0) {
    warnings.push(
      `${participation.fillsAbove} of ${card.fills} fills took more than ${participation.warnAbovePercent} % of the size that was seen; real ones of that size move the price.`,
    )
  }
  for (const { bookId, ownPercent } of volume) {
    if (ownPercent !== undefined && ownPercent > participation.warnAbovePercent) {
      warnings.push(`Your volume in ${bookId} is ${ownPercent} % of what the market traded by itself.`)
    }
  }
  if (latency.openDelayMs + latency.cancelDelayMs + latency.editDelayMs === 0) {
    warnings.push('There is no latency: orders and cancels act at once, which no venue does.')
  }
  if (orders.withUnreplayedGap > 0) {
    warnings.push(
      `${orders.withUnreplayedGap} orders were live while nobody was looking; what they missed is not known.`,
    )
  }
  return warnings
}

function volumes(engine: ExchangeEngine): FidelityCard['volume'] {
  const own = new Map<string, Decimal>()
  for (const fill of engine.state.fills) {
    const bookId = engine.market(fill.productId)?.bookId ?? fill.productId
    own.set(bookId, (own.get(bookId) ?? ZERO).add(fill.baseSize))
  }
  return [...own].map(([bookId, size]) => {
    const seen = engine.market(bookId)?.seenVolume ?? ZERO
    return {
      bookId,
      seen: formatDecimal(seen),
      own: formatDecimal(size),
      ownPercent: seen.isZero() ? undefined : percent(size, seen),
    }
  })
}

function improvement(fill: FillRecord, order: OrderRecord): Decimal {
  const { terms } = order
  if (fill.liquidity !== 'TAKER') return ZERO
  const limit = fill.leg === undefined ? undefined : order.legs?.[fill.leg]?.limitPrice
  const price =
    limit ?? (terms.orderType === 'LIMIT' || terms.orderType === 'STOP_LIMIT' ? terms.limitPrice : undefined)
  if (!price) return ZERO
  const better = fill.side === 'BUY' ? price.sub(fill.price) : fill.price.sub(price)
  return better.isPositive() ? better.mul(fill.baseSize) : ZERO
}

/** Two decimals: for people, nothing is computed from it. */
function percent(part: Decimal, whole: Decimal): number {
  return whole.isZero() ? 0 : part.div(whole).mul(100).toDecimalPlaces(2).toNumber()
}

function countBy<K extends string>(
  fills: readonly FillRecord[],
  key: (fill: FillRecord) => K,
): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {}
  for (const fill of fills) counts[key(fill)] = (counts[key(fill)] ?? 0) + 1
  return counts
}
