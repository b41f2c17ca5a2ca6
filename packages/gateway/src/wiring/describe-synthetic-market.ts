import { describeMarkets, measureSyntheticMarket } from '@tidegate/paper-exchange'
import { createRuntime } from '../runtime.js'

/** What the synthetic market of a seed is like in its first two minutes from now: a table for people. */
export function describeSyntheticMarket(seed: number): readonly string[] {
  const startMs = createRuntime().clock.nowMs()
  return describeMarkets(measureSyntheticMarket({ seed, startMs, seconds: 120 }))
}
