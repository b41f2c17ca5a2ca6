/** When market data of a book last reached a process, by the time at which the exchange told it. */
export interface PriceWatch {
  /** An answer to a request for a book or its trades. */
  onAnswer(by: string, path: string, toldAtMs: number): void
  /** A frame of a stream. */
  onFrame(by: string, text: string, toldAtMs: number): void
  seenAtMs(by: string, bookId: string): number | undefined
}

const marketPath = /\/product_book\?|\/products\/[\w-]+\/ticker/

/** @returns A watch that has seen nothing. */
export function createPriceWatch(): PriceWatch {
  const seen = new Map<string, number>()
  const note = (by: string, bookId: string, atMs: number): void => {
    const key = `${by} ${bookId}`
    seen.set(key, Math.max(seen.get(key) ?? 0, atMs))
  }
  return {
    onAnswer(by, url, toldAtMs) {
      if (!marketPath.test(url)) return
      for (const bookId of ['BTC-USD', 'ETH-USD']) if (url.includes(bookId)) note(by, bookId, toldAtMs)
    },
    onFrame(by, text, toldAtMs) {
      if (!text.includes('"l2_data"')) return
      for (const bookId of ['BTC-USD', 'ETH-USD']) if (text.includes(`"${bookId}"`)) note(by, bookId, toldAtMs)
    },
    seenAtMs: (by, bookId) => seen.get(`${by} ${bookId}`),
  }
}
