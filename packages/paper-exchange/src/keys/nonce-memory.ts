/** Remembers nonces for as long as the tokens that carried them live. */
export function createNonceMemory() {
  const untilMs = new Map<string, number>()
  let swept = 0
  return {
    /** Has this key never used this nonce in a token that still lives? Then it has now. */
    isFresh(keyName: string, nonce: string, expiresAtMs: number, nowMs: number): boolean {
      if (untilMs.size - swept > 10_000) {
        for (const [known, until] of untilMs) if (until <= nowMs) untilMs.delete(known)
        swept = untilMs.size
      }
      const name = `${keyName}\u0000${nonce}`
      if ((untilMs.get(name) ?? 0) > nowMs) return false
      untilMs.set(name, expiresAtMs)
      return true
    },
  }
}
