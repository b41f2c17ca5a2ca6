import { describe, expect, it } from 'vitest'
import { isTest, sources } from './repository.js'

/** Words that mean money or an amount when a property or parameter is named by them. */
const money = /(price|amount|notional|pnl|balance|equity|funds|size|value|fee|fees|cost|cash|usd)$/i
/** Counts, times and ratios that merely look alike. */
const counted = /(ms|pct|bps|count|lines|bytes|entries|decimals|ticks|units|pagesize|maxsize|batchsize|queuesize)$/i

/** Where a number stands by right, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {
  'packages/paper-exchange/src/prices/': 'synthetic flow draws with numbers and emits whole ticks',
  'packages/paper-exchange/src/engine/increment-grid.ts': 'counts whole increments',
  'packages/paper-exchange/src/http/routes/account-facts.ts':
    'fields that are JSON numbers on Coinbase’s wire; nothing is computed from them',
  'packages/paper-exchange/src/http/routes/portfolios.ts': 'fields that are JSON numbers on Coinbase’s wire',
  'packages/paper-exchange/src/engine/execute-order.ts': 'a price in whole ticks',
  'packages/paper-exchange/src/engine/fidelity.ts': 'a percentage for people; nothing is computed from it',
  'packages/paper-exchange/src/state/pass-gap.ts': 'where the synthetic flow starts to draw from',
  'packages/paper-exchange/src/socket/socket-session.ts': 'bytes; the name is that of the web’s sockets',
  'packages/paper-exchange/src/wire/read-twap.ts': 'a count of slices',
  'packages/market-cache/src/book-side.ts': 'whole size units below 2^53, checked where they enter',
  'packages/trading-model/src/ports/runtime.ts': 'a metric sample is a measurement',
  'packages/testkit/src/fake-runtime.ts': 'a metric sample is a measurement',
  'packages/trading-desk/src/positions/fill-ledger.ts': 'a metric sample is a measurement',
  'packages/gateway/src/config/value-readers.ts': 'milliseconds',
  'packages/risk-engine/src/policy-values.ts': 'orders per minute and milliseconds',
  'packages/coinbase-client/src/protocol-error.ts': 'milliseconds',
  'packages/mcp-adapter/src/serve/session-book.ts': 'how many sessions are open',
  'packages/web/src/candles/draw-chart.ts':
    'where the chart library wants a place on its axis; data are shown from their text',
  'packages/web/src/candles/draw-marks.ts': 'a place on the chart’s axis',
  'packages/trade-journal/src/codec/intent-row.ts': 'milliseconds and counts',
}

const files = [...sources('packages'), ...sources('apps')].filter((file) => !isTest(file))
const isExcepted = (path: string): boolean => Object.keys(exceptions).some((place) => path.startsWith(place))

function find(pattern: RegExp, isFinding: (match: RegExpMatchArray) => boolean): readonly string[] {
  return files
    .filter((file) => !isExcepted(file.path))
    .flatMap((file) => [...file.text.matchAll(pattern)].filter(isFinding).map((match) => `${file.path}: ${match[0]}`))
}

describe('money never touches a float', () => {
  it('no type and no parameter takes an amount as a number', () => {
    const declared = find(/\b(?:readonly\s+)?([A-Za-z_]\w*)\??:\s*(?:readonly\s+)?number\b/g, (match) => {
      const name = match[1] ?? ''
      return money.test(name) && !counted.test(name)
    })
    expect(declared).toEqual([])
  })

  it('nothing parses or formats decimals through floats', () => {
    expect(find(/(\bparseFloat\(|\.toNumber\(\))/g, () => true)).toEqual([])
  })

  it('every exception is still needed', () => {
    for (const place of Object.keys(exceptions)) {
      const there = files.filter((file) => file.path.startsWith(place))
      expect(
        there.some((file) => /:\s*number\b|\.toNumber\(\)|Number\(/.test(file.text)),
        place,
      ).toBe(true)
    }
  })
})
