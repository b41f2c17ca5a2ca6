import { describe, expect, it } from 'vitest'
import { isTest, sources } from './repository.js'

/** Words that mean money or an amount when a property is named by them. */
const money = /(price|amount|notional|pnl|balance|equity|funds|size|value|fee|fees|cost|cash|usd)$/i
/** Counts, times and ratios that merely look alike. */
const counted =
  /(ms|pct|bps|count|lines|bytes|entries|decimals|ticks|units|pagesize|maxsize|batchsize|queuesize|poolsize|heapsize)$/i

/** Places that turn decimals into scaled integers or draw random ones, each with its reason. */
const exceptions: readonly RegExp[] = [
  // Synthetic order flow draws with numbers and emits whole ticks; see its property test.
  /^packages\/paper-exchange\/src\/prices\//,
  // A sample is a measurement, not money that is traded.
  /^packages\/(testkit|gateway)\/src\/.*metrics/,
  /^packages\/testkit\/src\/fake-runtime\.ts$/,
  /^packages\/trading-model\/src\/ports\/runtime\.ts$/,
]

const files = [...sources('packages'), ...sources('apps')].filter((file) => !isTest(file))

describe('money never touches a float', () => {
  it('no type declares an amount as a number', () => {
    const found: string[] = []
    for (const file of files) {
      if (exceptions.some((pattern) => pattern.test(file.path))) continue
      for (const match of file.text.matchAll(/\b(?:readonly\s+)?([A-Za-z_]\w*)\??:\s*(?:readonly\s+)?number\b/g)) {
        const name = match[1] ?? ''
        if (money.test(name) && !counted.test(name)) found.push(`${file.path}: ${match[0]}`)
      }
    }
    expect(found).toEqual([])
  })

  it('nothing parses or formats decimals through floats', () => {
    const found: string[] = []
    for (const file of files) {
      if (exceptions.some((pattern) => pattern.test(file.path))) continue
      for (const match of file.text.matchAll(/\b(parseFloat\(|\.toNumber\(\))/g))
        found.push(`${file.path}: ${match[0]}`)
    }
    expect(found).toEqual([])
  })
})
