import type { Row } from './field.js'

/** Where rows of a store are read from. Reads only, ever. */
export interface StoreSource {
  /** Names the place in sentences; no password. */
  readonly name: string
  /** One process writes at a time, so one heads file has every head. */
  readonly isOnlyWriter: boolean
  /** A view that is held open holds up whoever writes. */
  readonly viewHoldsUp: boolean
  /** Holds one view of everything until {@link StoreSource.release}. */
  hold(): Promise<void>
  release(): Promise<void>
  /** Every row of a table in pages, by its number; none where there is no such table. */
  pages(
    table: string,
    options?: { readonly afterNumber?: number; readonly orderBy?: string },
  ): AsyncIterable<readonly Row[]>
  close(): Promise<void>
}
