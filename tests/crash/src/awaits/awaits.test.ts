// Where a crash can cut an order off, there is a wait; where there is a wait on something outside, there is a label.
import { describe, expect, it } from 'vitest'
import { type Await, findAwaits } from './find-awaits.js'

/** The order path: the whole desk, the client's order calls and what is below them, the journal. */
const orderPath = [
  'packages/trading-desk/src',
  'packages/coinbase-client/src/create-coinbase-venue.ts',
  'packages/coinbase-client/src/orders',
  'packages/coinbase-client/src/http',
  'packages/coinbase-client/src/auth',
  'packages/trade-journal/src',
]

/** What goes outside, by the way it is written, and the labels around it. */
const labelled: readonly (readonly [RegExp, string])[] = [
  // The journal's methods are in the order path; these are the statements below them.
  [/\.execute(TakeFirst|TakeFirstOrThrow|Query)?$/, 'statements: worker/watch-sql.ts, around the driver'],
  [/^this\.#client\.query$/, 'statements: worker/watch-postgres.ts'],
  [/(^|\.)(venue|account|market)\.\w+$/, 'requests: jwt, connect, write, first-byte, parse; or venue-read'],
  [/(^|\.)client\.call$/, 'requests'],
  [/(^|\.)http\.send$/, 'requests: worker/watch-http.ts, around the transport'],
  [/^client\.request$/, 'requests: the transport itself, below its label'],
  [/^signer\.sign$/, 'jwt'],
]

/** What has no label, and why none is missing. */
const unlabelled: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)journal\.\w+$/, 'the port; its statements are labelled one by one'],
  [/(^|\.)timers\.sleep$/, 'waits, and changes nothing'],
  [/(^|\.)budget\.take$/, 'a counter in memory; waits, and changes nothing'],
  [/^new Promise$/, 'waits for another part of this process'],
  [/^import$/, 'loads the driver before anything is open'],
  [
    /^this\.#(pool\.connect|pool\.end)$|^pool\.end$/,
    'a connection without a transaction: nothing to lose on it yet, or any more',
  ],
  [/^source\.token$/, 'a host’s own tokens instead of a key; the gateway has none'],
  [/^getKeyPermissions$/, 'before a key is taken into use, outside any order'],
]

/** Promises that were begun where their calls are found, and functions that were handed in by the files around them. */
const handedIn: readonly (readonly [RegExp, string])[] = [
  [/^(work|timeUp)$/, 'wait-for.ts: the promise of another file, or a timer'],
  [/^(fills|orders)$/, 'pages of a list, by client.call'],
  [
    /^(tripper|onLoosened|productOf|listNewFills|recordFills|openedAtMs|lookAtOpenOrders|copyTo|context\.checkAccount)$/,
    'functions of the files that create them: create-trading-desk.ts, recovery.ts, the journal’s engine',
  ],
  [/^tx\.(releaseEpochAtHead|nextAuditSeq)$/, 'write.ts: the audit chain of the transaction'],
]

const { awaits, declared } = findAwaits(orderPath)
const isOneOf = (table: readonly (readonly [RegExp, string])[], { awaited }: Await): boolean =>
  table.some(([pattern]) => pattern.test(awaited))
/** Parts of the desk, the client and the journal, by the names that their holders have for them. */
const parts =
  /^(accounts|balances|bell|books|chain|client|clockWatch|connection|context|ctx|dayMarks|deps|edits|engine|instance|killSwitch|lease|ledger|options|reconciler|recovery|signer|store|submitter|this|tracker|tx)$/
/** Its own waits are among those that were found. */
function isInside({ isCall, awaited, isOurs }: Await): boolean {
  const [first = '', ...rest] = awaited.split('.')
  if (!isCall || !declared.has(rest.at(-1) ?? first)) return false
  return rest.length === 0 ? isOurs : parts.test(first)
}

describe('every await of the order path', () => {
  it('is on something labelled, on a function whose awaits are, or on something without an effect', () => {
    const others = awaits.filter(
      (each) => !isOneOf(labelled, each) && !isOneOf(unlabelled, each) && !isOneOf(handedIn, each) && !isInside(each),
    )
    expect(others.map(({ awaited, at }) => `${awaited} at ${at}`)).toEqual([])
    expect(awaits.length).toBeGreaterThan(600)
  })

  it('would be found if it were on something else', () => {
    const { awaits: elsewhere } = findAwaits(['tests/crash/src/exchange.ts'])
    const others = elsewhere.filter(
      (each) => !isOneOf([...labelled, ...unlabelled, ...handedIn], each) && !isInside(each),
    )
    expect(others.map(({ awaited }) => awaited)).toEqual([
      'createPaperExchange',
      'fetch',
      'response.text',
      'other.client.createOrder',
      'exchange.close',
    ])
  })

  it.each([...labelled, ...unlabelled, ...handedIn])('%s is still somewhere: %s', (pattern) => {
    expect(awaits.filter(({ awaited }) => pattern.test(awaited))).not.toEqual([])
  })
})
