import type { Clock } from '@tidegate/trading-model'

export interface RateDecision {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the bucket is full again; the venue does not say which unit it means. */
  readonly resetSeconds: number
}

/** Token buckets by name: `perSecond` of capacity, refilled evenly. */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
  ) {}

  take(name: string): RateDecision {
    const nowMs = this.clock.nowMs()
    const known = this.buckets.get(name) ?? { tokens: this.perSecond, atMs: nowMs }
    const refill = (Math.max(0, nowMs - known.atMs) / 1_000) * this.perSecond
    const tokens = Math.min(this.perSecond, known.tokens + refill)
    const allowed = tokens >= 1
    const left = allowed ? tokens - 1 : tokens
    this.buckets.set(name, { tokens: left, atMs: nowMs })
    if (this.buckets.size > 1_000) this.forgetFull(nowMs)
    return {
      allowed,
      limit: this.perSecond,
      remaining: Math.floor(left),
      resetSeconds: Math.ceil((this.perSecond - left) / this.perSecond),
    }
  }

  private forgetFull(nowMs: number): void {
    for (const [name, { atMs }] of this.buckets) if (nowMs - atMs > 1_000) this.buckets.delete(name)
  }
}
