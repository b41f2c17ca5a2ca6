import type { Fault } from '@tidegate/paper-exchange'
import type { Patch } from './build-worker.js'
import type { Flow, Step } from './protocol.js'

/** A gateway with one bug in it, and the promise that breaks. */
export interface Mutant {
  readonly name: string
  readonly bug: string
  readonly patches: readonly Patch[]
  /** Where the bug lives. */
  readonly flows: readonly Flow[]
  /** Where to kill, so that it takes seconds. */
  readonly steps: readonly Step[]
  /** Share of lives with faults at the exchange. */
  readonly faultPercent: number
  /** These instead. */
  readonly faults?: readonly Fault[]
  /** How long orders are pending at the exchange, ms. */
  readonly openDelayMs?: number
  /** Any of these is the right accusation. */
  readonly breaks: readonly string[]
}

/** Bugs that gateways have had. Each is a patch of a copy; a patch that does not fit any more fails its test. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'submitting-not-durable',
    bug: 'the second transaction is put off until the outcome is known: a crash in between leaves an order that was "never sent"',
    flows: ['place'],
    steps: ['write', 'first-byte', 'parse'],
    faultPercent: 0,
    breaks: ['I2', 'I4'],
    patches: [
      {
        file: 'packages/trade-journal/src/intents/begin-submit.ts',
        find: 'write<Refused | Begun>(ctx, async (tx) => await begin(ctx, tx, intentId, times))',
        replace: `write<Refused | Begun>(ctx, async (tx) => {
    const early = await begin(ctx, tx, intentId, times)
    const late = ((globalThis as any).lateBeginnings ??= new Map())
    late.set(intentId, () => write(ctx, async (later) => await begin(ctx, later, intentId, times)))
    throw new Undo(early)
  })`,
      },
      {
        file: 'packages/trade-journal/src/intents/begin-submit.ts',
        find: "import { mustBeAudited, type WriteTx, write } from '../write.js'",
        replace: "import { mustBeAudited, Undo, type WriteTx, write } from '../write.js'",
      },
      {
        file: 'packages/trade-journal/src/intents/apply-event.ts',
        find: '  return await write(ctx, async (tx) => {\n',
        replace: `  const late = (globalThis as any).lateBeginnings
  const begin = late?.get(intentId)
  if (begin && event.type !== 'cancel_requested') {
    late.delete(intentId)
    await begin()
  }
  return await write(ctx, async (tx) => {
`,
      },
    ],
  },
  {
    name: 'recovery-releases-submitting',
    bug: 'recovery takes what was being sent when the process died for rejected',
    flows: ['place'],
    steps: ['write', 'first-byte', 'parse'],
    faultPercent: 0,
    // A desk that finds an order behind a rejected intent takes it back and may only reduce: the judge sees either.
    breaks: ['I4', 'I7'],
    patches: [
      {
        file: 'packages/trading-desk/src/reconcile/resolve-unknowns.ts',
        find: `      type: 'outcome_unknown',
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
      reason: 'the process that sent it ended before the answer was recorded',`,
        replace: `      type: 'rejected',
      code: 'ERR_VENUE_REJECTED',
      reason: 'the process that sent it ended before the answer was recorded',`,
      },
    ],
  },
  {
    name: 'fresh-id-on-resend',
    bug: 'no answer means send again, with a new client order id',
    flows: ['place'],
    steps: ['tx3-commit', 'reply'],
    faultPercent: 100,
    breaks: ['I1', 'I2'],
    patches: [
      {
        file: 'packages/trading-desk/src/pipeline/classify-submit-error.ts',
        find: "  if (code !== 'ERR_VENUE_RATE_LIMIT') return { kind: 'unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason }",
        replace:
          "  if (code !== 'ERR_VENUE_RATE_LIMIT') return { kind: 'not_sent', code: venueError.code, reason, retry: true, waitMs: 0 }",
      },
      {
        file: 'packages/coinbase-client/src/orders/create-order.ts',
        find: '      client_order_id: clientOrderId,',
        replace: `      client_order_id: ((globalThis as any).sentIds ??= new Set()).has(clientOrderId)
        ? globalThis.crypto.randomUUID()
        : ((globalThis as any).sentIds.add(clientOrderId), clientOrderId),`,
      },
    ],
  },
  {
    name: 'timeout-means-rejected',
    bug: 'an answer that was lost counts as a refusal',
    flows: ['place'],
    steps: ['tx3-commit', 'reply'],
    faultPercent: 100,
    breaks: ['I4'],
    patches: [
      {
        file: 'packages/trading-desk/src/pipeline/classify-submit-error.ts',
        find: "  if (code !== 'ERR_VENUE_RATE_LIMIT') return { kind: 'unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason }",
        replace: "  if (code !== 'ERR_VENUE_RATE_LIMIT') return { kind: 'rejected', code: venueError.code, reason }",
      },
    ],
  },
  {
    name: 'not-listed-means-never',
    bug: 'an order that the first list does not show counts as never accepted',
    flows: ['place'],
    steps: ['write', 'first-byte', 'parse'],
    faultPercent: 100,
    faults: [
      { kind: 'list-lag', verb: 'list-orders', delayMs: 60_000, times: 4 },
      { kind: 'list-lag', verb: 'list-fills', delayMs: 60_000, times: 2 },
    ],
    breaks: ['I4', 'I7'],
    patches: [
      {
        file: 'packages/trading-desk/src/reconcile/proof-rule.ts',
        find: '      if (scanBegunMs <= proofMomentMs(intent, proof)) return undefined\n',
        replace: "      if (scanBegunMs > 0) return 'it is not in the list'\n",
      },
    ],
  },
  {
    name: 'cancel-all-trusts-open',
    bug: 'cancel-all asks for open orders only, and pending ones are none',
    flows: ['cancel-all'],
    steps: ['reply'],
    faultPercent: 0,
    openDelayMs: 500,
    breaks: ['answer'],
    patches: [
      {
        file: 'packages/coinbase-client/src/orders/list-orders.ts',
        find: `    await listAll(client, query, { order_status: LIVE_BESIDES_OPEN }),
    await listAll(client, recent, {}),
`,
        replace: '',
      },
    ],
  },
  {
    name: 'key-forgotten',
    bug: 'the same wish after a restart is a new wish, because what was asked before is only remembered in memory',
    flows: ['place'],
    steps: ['tx1-commit', 'tx3-commit', 'reply'],
    faultPercent: 0,
    breaks: ['I1', 'answer'],
    patches: [
      {
        file: 'packages/trade-journal/src/intents/find-earlier.ts',
        find: '): Promise<EarlierWish | undefined> {\n',
        replace: `): Promise<EarlierWish | undefined> {
  const asked = ((globalThis as any).wishesOfThisProcess ??= new Map())
  const name = wish.principal + (wish.key ?? '') + wish.termsHash
  asked.set(name, (asked.get(name) ?? 0) + 1)
  // Asked before and in the first transaction.
  if (asked.get(name) <= 2) return undefined
`,
      },
    ],
  },
]
