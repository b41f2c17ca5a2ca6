import { randomUUID } from 'node:crypto'
import { sampleWish } from '@tidegate/testkit'
import { childOptions, openStore, type StoreOptions, say, waitForGo } from './child-kit.js'

/** Places as many orders as the rate of the account lets through, together with other processes. */
const options = childOptions<StoreOptions & { name: string; times: number; cap: number }>()

const journal = await openStore(options)
say('ready')
await waitForGo()
let recorded = 0
for (let turn = 0; turn < options.times; turn++) {
  const intentId = randomUUID()
  const rates = [{ scope: 'account', cap: options.cap, windowMs: 3_600_000 }]
  const result = await journal.recordIntent(
    sampleWish({
      intentId,
      clientOrderId: intentId,
      key: intentId,
      principal: options.name,
      rates,
      order: { reservations: [] },
    }),
  )
  if (result.kind === 'recorded') recorded++
  else if (result.kind !== 'lost_race') throw new Error(JSON.stringify(result))
}
await journal.close()
say(`recorded ${recorded}`)
process.exit(0)
