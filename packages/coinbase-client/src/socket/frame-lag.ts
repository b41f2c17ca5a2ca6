/** How far behind the venue a connection is. */
export interface FrameLag {
  /**
   * Takes one frame's time.
   *
   * @returns Ms that this frame came later, after it was sent, than the promptest frame of the connection. Free of any
   * difference between the clocks, so it may be acted on.
   */
  observe(sentAtMs: number, nowMs: number): number
  /** Ms between the venue sending its last frame and our having read it; `undefined` before the first. */
  lastMs(): number | undefined
}

/**
 * Measures lag against the venue's own time stamps.
 *
 * @param skewMs - Venue clock minus ours as measured; while unknown the promptest frame counts as prompt.
 */
export function createFrameLag(skewMs: () => number | undefined): FrameLag {
  let promptestMs = Number.POSITIVE_INFINITY
  let lastMs: number | undefined
  return {
    observe: (sentAtMs, nowMs) => {
      const ageMs = nowMs - sentAtMs
      promptestMs = Math.min(promptestMs, ageMs)
      const skew = skewMs()
      lastMs = skew === undefined ? ageMs - promptestMs : Math.max(0, ageMs + skew)
      return ageMs - promptestMs
    },
    lastMs: () => lastMs,
  }
}
