import { randomUUID } from 'node:crypto'
import {
  SeededRandom,
  sampleFill,
  sampleReservation,
  sampleTerms,
  sampleVenueOrder,
  sampleWish,
} from '@tidegate/testkit'
import { Decimal, type IntentEvent } from '@tidegate/trading-model'
import { openJournal } from '../../src/open-journal.js'
import { childOptions, realOptions, say, waitForGo } from './child-kit.js'

/** When told, trades as fast as it can until it is killed; each line says what had been acknowledged to it by then. */
const { folder, seed } = childOptions<{ folder: string; seed: number }>()
const random = new SeededRandom(seed)

say('loaded')
await waitForGo()
say('opening')
const journal = await openJournal({ ...realOptions(folder), headEvery: 7 })
for (;;) {
  const intentId = randomUUID()
  const { releaseEpoch } = await journal.limitUsage([])
  const approval = random.below(4) === 0
  const recorded = await journal.recordIntent(
    sampleWish({
      intentId,
      clientOrderId: randomUUID(),
      key: intentId,
      releaseEpoch,
      terms: sampleTerms({ base: '0.7' }),
      order: { reservations: [sampleReservation({ amount: BigInt(1 + random.below(1_000)), cap: 10n ** 15n })] },
      ...(approval ? { approvalExpiresAtMs: Date.now() + 60_000 } : {}),
    }),
  )
  if (recorded.kind !== 'recorded') throw new Error(JSON.stringify(recorded))
  say(`${intentId} ${recorded.intent.state}`)
  if (approval) {
    const { termsHash } = recorded.intent
    await journal.decideApproval({ intentId, termsHash, decision: 'approved', by: 'boss' })
  }
  const begun = await journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
  if (begun.kind !== 'ticket') throw new Error(begun.why)
  say(`${intentId} ${begun.intent.state}`)
  await outcome(intentId)
}

async function outcome(intentId: string): Promise<void> {
  const venueOrderId = `v-${intentId}`
  const orderAt = (permille: number, status: string): IntentEvent => {
    const filledSize = new Decimal('0.7').mul(permille).div(1_000)
    return { type: 'venue_order', order: sampleVenueOrder({ orderId: venueOrderId, status, filledSize }) }
  }
  const acked: IntentEvent = { type: 'acked', venueOrderId }
  const stories: readonly (readonly IntentEvent[])[] = [
    [{ type: 'rejected', code: 'X', reason: 'no' }],
    [{ type: 'outcome_unknown', code: 'X', reason: 'timeout' }],
    [
      { type: 'outcome_unknown', code: 'X', reason: 'timeout' },
      { type: 'never_accepted', reason: 'proved' },
    ],
    [acked, orderAt(random.below(1_000), 'OPEN')],
    [acked, orderAt(random.below(1_000), 'OPEN'), orderAt(1_000, 'FILLED')],
    [acked, orderAt(random.below(1_000), 'CANCELLED')],
  ]
  for (const event of stories[random.below(stories.length)] ?? []) {
    const { state } = await journal.apply(intentId, event, 'desk')
    say(`${intentId} ${state}`)
  }
  await journal.recordFills([sampleFill({ orderId: venueOrderId, tradeId: 't' })])
}
