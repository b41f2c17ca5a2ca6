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
  /**
   * The entries after one, as {@link HashedEntry}; absent where the database cannot write them so. Ends before the first page that is not
   * of plain values, and then says nothing about it: {@link StoreSource.pages} reads it exactly.
   */
  hashedEntries?(afterSeq: number): AsyncIterable<readonly HashedEntry[]>
  close(): Promise<void>
}

/** An entry as the text that its hash is taken over, put together by the database, and the hash stored with it. */
export interface HashedEntry {
  readonly text: string
  readonly hash: string
}
