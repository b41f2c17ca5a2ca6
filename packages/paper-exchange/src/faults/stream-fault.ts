import type { StreamFault } from './fault.js'

/** More than the 8 MB at which other clients gave up. */
const hugeBytes = 8 * 1024 * 1024

interface BookEvent {
  readonly type: string
  readonly product_id: string
  readonly updates: { side: string; event_time: string; price_level: string; new_quantity: string }[]
}

/** Can the fault do to this frame what its name says? A crossed frame needs a book update, a huge snapshot a snapshot. */
export function canStrike(fault: StreamFault, channel: string, eventsJson: string): boolean {
  if (fault.kind === 'crossed-frame') return channel === 'l2_data' && eventsJson.startsWith('[{"type":"update"')
  if (fault.kind === 'huge-snapshot') return channel === 'l2_data' && eventsJson.startsWith('[{"type":"snapshot"')
  // A dropped acknowledgement or error is another fault; and a stream's start is told by its snapshot.
  return channel !== 'subscriptions'
}

/** Puts a bid above every offer of the exchange's book. */
export function crossBook(eventsJson: string, bestAsk: string): string {
  const [event] = JSON.parse(eventsJson) as [BookEvent]
  const eventTime = event.updates[0]?.event_time ?? ''
  const [whole = '0', fraction] = bestAsk.split('.')
  // Twice as high, digit by digit: exact, and still a whole number of increments.
  const price = `${BigInt(`${whole}${fraction ?? ''}`) * 2n}`.padStart((fraction?.length ?? 0) + 1, '0')
  const cut = price.length - (fraction?.length ?? 0)
  const level = fraction === undefined ? price : `${price.slice(0, cut)}.${price.slice(cut)}`
  event.updates.unshift({ side: 'bid', event_time: eventTime, price_level: level, new_quantity: '1' })
  return JSON.stringify([event])
}

/** Adds offers far away from the market until the frame has more than 8 MB. */
export function inflateSnapshot(eventsJson: string, priceAt: (index: number) => string): string {
  const [event] = JSON.parse(eventsJson) as [BookEvent]
  const eventTime = event.updates[0]?.event_time ?? ''
  const row = (index: number) => ({
    side: 'offer',
    event_time: eventTime,
    price_level: priceAt(index),
    new_quantity: '1',
  })
  const count = Math.ceil(hugeBytes / JSON.stringify(row(0)).length) + 1
  for (let index = 0; index < count; index++) event.updates.push(row(index))
  return JSON.stringify([event])
}
