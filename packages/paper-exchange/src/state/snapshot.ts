import { type Decimal, StoreError, ZERO } from '@tidegate/trading-model'
import { z } from 'zod'
import { Wallets } from '../accounts/wallets.js'
import { ExchangeState } from '../engine/exchange-state.js'
import { reconcile } from '../engine/reconcile.js'
import {
  depositRecordSchema,
  fillRecordSchema,
  moveRecordSchema,
  orderRecordSchema,
  portfolioRecordSchema,
} from '../engine/records.js'
import { formatCheckedLine, readCheckedLine } from './checked-line.js'

const schemaName = 'tidegate.paper-state/1'

const snapshotSchema = z.object({
  schema: z.literal(schemaName),
  sequence: z.number().int(),
  atMs: z.number().int().nullable(),
  orders: z.array(orderRecordSchema),
  fills: z.array(fillRecordSchema),
  deposits: z.array(depositRecordSchema),
  moves: z.array(moveRecordSchema).default([]),
  portfolios: z.array(portfolioRecordSchema).default([]),
  pricesOpened: z.object({ source: z.string(), openedAtMs: z.number().int() }).optional(),
})

/** A state and the number of the last record that it contains. */
export interface Snapshot {
  readonly state: ExchangeState
  readonly sequence: number
  readonly atMs: number | undefined
}

/** The whole state as one checked line. Wallets are not written: they follow from deposits, fills and holds. */
export function writeSnapshot(snapshot: Snapshot): string {
  const { state, sequence, atMs } = snapshot
  return formatCheckedLine(
    JSON.stringify({
      schema: schemaName,
      sequence,
      atMs: atMs ?? null,
      orders: [...state.orders.values()],
      fills: state.fills,
      deposits: state.deposits,
      moves: state.moves,
      portfolios: [...state.portfolios.values()],
      ...(state.pricesOpened ? { pricesOpened: state.pricesOpened } : {}),
    } satisfies z.input<typeof snapshotSchema>),
  )
}

/**
 * Reads a snapshot; an absent file is an empty exchange. A snapshot is written atomically, so any damage is real damage.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT`.
 */
export function readSnapshot(text: string | undefined): Snapshot {
  if (text === undefined) return { state: new ExchangeState(), sequence: 0, atMs: undefined }
  const json = readCheckedLine(text.replace(/\n$/, ''))
  if (json === undefined) throw damaged('its checksum does not fit')
  const read = snapshotSchema.safeParse(JSON.parse(json))
  if (!read.success) throw damaged(read.error.issues[0]?.message ?? 'unknown form')
  const { orders, fills, deposits, moves, portfolios, pricesOpened, sequence, atMs } = read.data
  const byPortfolio = new Map<string, Wallets>()
  const walletsOf = (portfolioId: string) => {
    const wallets = byPortfolio.get(portfolioId) ?? new Wallets()
    byPortfolio.set(portfolioId, wallets)
    return wallets
  }
  // Sums first, holds last: on the way a wallet may not look poorer than it ever was.
  const totals = new Map<string, { portfolioId: string; currency: string; amount: Decimal }>()
  const add = (portfolioId: string, currency: string, amount: Decimal) => {
    const key = `${portfolioId}\u0000${currency}`
    totals.set(key, { portfolioId, currency, amount: (totals.get(key)?.amount ?? ZERO).add(amount) })
  }
  for (const { portfolioId, currency, amount } of deposits) add(portfolioId, currency, amount)
  for (const move of moves) {
    add(move.fromPortfolioId, move.currency, move.amount.neg())
    add(move.toPortfolioId, move.currency, move.amount)
  }
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  for (const fill of fills) {
    const order = byId.get(fill.orderId)
    if (!order) throw damaged(`fill ${fill.tradeId} has no order`)
    const buys = fill.side === 'BUY'
    add(order.portfolioId, order.quoteCurrency, (buys ? fill.quoteValue.neg() : fill.quoteValue).sub(fill.fee))
    add(order.portfolioId, order.baseCurrency, buys ? fill.baseSize : fill.baseSize.neg())
  }
  for (const { portfolioId, currency, amount } of totals.values()) walletsOf(portfolioId).move(currency, amount, ZERO)
  for (const order of orders) walletsOf(order.portfolioId).move(order.holdCurrency, order.hold.neg(), order.hold)
  const state = new ExchangeState(byPortfolio, { orders, fills, deposits, moves, portfolios, pricesOpened })
  const wrong = reconcile(state)[0]
  if (wrong) throw damaged(`${wrong.what} is ${wrong.actual} where its fills say ${wrong.expected}`)
  return { state, sequence, atMs: atMs ?? undefined }
}

function damaged(why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `exchange.snapshot is damaged: ${why}`, {
    hint: 'restore the folder from a copy, or start with an empty folder; balances cannot be trusted as they are',
  })
}
