import type { Discrepancy, FillRecord, OrderRecord } from '@tidegate/paper-exchange'
import type { EditWish, Wish } from '../protocol.js'
import type { JournalTables, Row } from './read-journal.js'

/** Two sets of books of one home: what the gateway wrote, and what the exchange did. */
export interface Case {
  readonly tables: JournalTables
  readonly orders: readonly OrderRecord[]
  readonly fills: readonly FillRecord[]
  /** What the exchange finds wrong with its own books. */
  readonly discrepancies: readonly Discrepancy[]
  /** Everything that was ever asked for, each with terms of its own. */
  readonly wishes: readonly Wish[]
  /** Every change of an order that was ever asked for, each with a price of its own. */
  readonly edits: readonly EditWish[]
  /** Client order ids that somebody else used. */
  readonly foreign: ReadonlySet<string>
}

/** A promise that was not kept. */
export interface Violation {
  /** As in the list of invariants: `I1` … `I8`, or `answer`. */
  readonly invariant: string
  readonly detail: string
}

/** States with an order behind them at the venue. */
export const AT_VENUE: ReadonlySet<string> = new Set(['ACKED', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])
/** States that say that there is none. */
export const NOT_AT_VENUE: ReadonlySet<string> = new Set([
  'DENIED',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'ABANDONED',
  'REJECTED',
  'NEVER_ACCEPTED',
])
/** States in which nothing may be reserved for what could still trade. */
export const OVER: ReadonlySet<string> = new Set([
  ...NOT_AT_VENUE,
  'APPLIED',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
])

/** A column that is text. */
export function text(row: Row, column: string): string {
  const value = row[column]
  return value === null || value === undefined ? '' : String(value)
}

/** A column that is a whole number. */
export function whole(row: Row, column: string): bigint {
  const value = row[column]
  if (typeof value === 'bigint') return value
  throw new Error(`${column} is ${String(value)}, not a whole number`)
}

/** Intents that somebody asked us for and that have an order of their own: without edits and what was adopted from outside. */
export function ownIntents(tables: JournalTables): readonly Row[] {
  return tables.intents.filter((row) => row['principal'] !== 'external' && row['kind'] !== 'edit')
}

/** What each intent was recorded with, by the audit log: an order that was edited has other terms now. */
export function wishedTerms({ audit }: JournalTables): ReadonlyMap<string, string> {
  const wished = new Map<string, string>()
  for (const entry of audit) {
    if (entry['type'] !== 'intent.recorded') continue
    const { terms } = JSON.parse(text(entry, 'body')) as { readonly terms: string }
    wished.set(text(entry, 'intent_id'), terms)
  }
  return wished
}
