import { randomUUID } from 'node:crypto'
import { SeededRandom, sampleReservation, sampleWish } from '@tidegate/testkit'
import { childOptions, openStore, type StoreOptions, say, waitForGo } from './child-kit.js'

/**
 * Takes from one limit row `times` times, together with other processes, and gives some of it back; every answer is a line of the
 * history that the checker reads afterwards.
 */
const options = childOptions<
  StoreOptions & { name: string; seed: number; times: number; cap: string; onlyTakes?: boolean }
>()
const { name, times } = options
const random = new SeededRandom(options.seed)
const cap = BigInt(options.cap)

const journal = await openStore(options)
say('ready')
await waitForGo()
let releaseEpoch = 0
const held: string[] = []
for (let turn = 0; turn < times; turn++) {
  const intentId = randomUUID()
  const amount = BigInt(1 + random.below(1_000))
  const answer = await reserve(intentId, amount, `${name}-${turn}`)
  say({ intentId, amount: String(amount), answer })
  if (answer === 'recorded') held.push(intentId)
  if (!options.onlyTakes && held.length > 0 && random.below(24) === 0) {
    const given = held.splice(random.below(held.length), 1)[0] ?? ''
    await journal.apply(given, { type: 'abandoned', reason: 'given back' }, 'desk')
    say({ intentId: given, answer: 'given back' })
  }
}
await journal.close()
process.exit(0)

async function reserve(intentId: string, amount: bigint, key: string): Promise<'recorded' | 'full'> {
  for (;;) {
    const reservations = [
      sampleReservation({ amount, cap }),
      sampleReservation({ scope: 'daily', amount, cap: 10n ** 15n }),
    ]
    const wish = sampleWish({
      intentId,
      clientOrderId: intentId,
      key,
      releaseEpoch,
      principal: name,
      order: { reservations },
    })
    const result = await journal.recordIntent(wish)
    if (result.kind === 'recorded') return 'recorded'
    if (result.kind !== 'lost_race') throw new Error(result.kind)
    if (result.what.includes('no room')) return 'full'
    // A desk takes a whole new snapshot here; of that, this loop needs the number that the answer names.
    releaseEpoch = Number(/epoch (\d+)/.exec(result.what)?.[1] ?? Number.NaN)
    if (!Number.isSafeInteger(releaseEpoch)) throw new Error(result.what)
  }
}
