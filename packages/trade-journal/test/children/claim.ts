import { randomUUID } from 'node:crypto'
import { sampleReservation, sampleWish } from '@tidegate/testkit'
import { openJournal } from '../../src/open-journal.js'
import { childOptions, realOptions, say, waitForGo } from './child-kit.js'

/** Claims `amount` of one limit row `times` times, together with other processes. */
const { folder, times, amount, cap, name } = childOptions<{
  folder: string
  times: number
  amount: string
  cap: string
  name: string
}>()

const journal = await openJournal({ ...realOptions(folder), fenceOthers: false })
say('ready')
await waitForGo()
let recorded = 0
for (let turn = 0; turn < times; turn++) {
  const wish = sampleWish({
    intentId: randomUUID(),
    clientOrderId: randomUUID(),
    key: `${name}-${turn}`,
    order: { reservations: [sampleReservation({ amount: BigInt(amount), cap: BigInt(cap) })] },
  })
  const result = await journal.recordIntent(wish)
  if (result.kind === 'recorded') recorded++
  else if (result.kind !== 'lost_race') throw new Error(result.kind)
}
await journal.close()
say(`recorded ${recorded}`)
process.exit(0)
