import { randomUUID } from 'node:crypto'
import { sampleTerms, sampleWish } from '@tidegate/testkit'
import { childOptions, openStore, type StoreOptions, say, waitForGo } from './child-kit.js'

/** Records `times` intents, and when told begins to submit them, several at once, while somebody else turns the switch. */
const options = childOptions<StoreOptions & { name: string; times: number }>()

const journal = await openStore(options)
const waiting: string[] = []
for (let turn = 0; turn < options.times; turn++) {
  const intentId = randomUUID()
  const result = await journal.recordIntent(
    sampleWish({
      intentId,
      clientOrderId: intentId,
      key: intentId,
      terms: sampleTerms({ base: '0.7' }),
      order: { reservations: [] },
    }),
  )
  if (result.kind !== 'recorded') throw new Error(JSON.stringify(result))
  waiting.push(intentId)
}
say('ready')
await waitForGo()
await Promise.all([submitAll(), submitAll(), submitAll()])
await journal.close()
process.exit(0)

async function submitAll(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const begun = await journal.beginSubmit(next, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    if (begun.kind === 'ticket') say(`ticket ${next}`)
    else if (begun.why === 'mode') waiting.push(next)
    else throw new Error(begun.why)
  }
}
