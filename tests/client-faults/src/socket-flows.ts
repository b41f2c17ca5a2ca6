import type { BookSink, VenueOrder } from '@tidegate/trading-model'
import { fingerprint } from './moving-book.js'
import { type Finding, type Flow, placeDirectly } from './rest-flows.js'
import { MOVING, timers } from './world.js'

/** How long a trouble lasts on a stream, ms. */
const TROUBLE_MS = 700
/** Market frames come every 50 ms. */
const MARKET_SILENCE_MS = 500
/** On the user connection there are heartbeats only, one a second. */
const USER_SILENCE_MS = 1_600
const RECOVERY_MS = 20_000

/** A sink that hands every committed book to a judge. */
function judgedBook(onCommit: (book: string) => void): { sink: BookSink; isValid: () => boolean } {
  const levels = new Map<string, number>()
  let isValid = false
  const sink: BookSink = {
    invalidateAll: () => {
      isValid = false
    },
    open: (productId) =>
      productId === MOVING
        ? {
            priceDecimals: 0,
            sizeDecimals: 0,
            beginSnapshot: () => levels.clear(),
            level: (side, ticks, units) => {
              if (units === 0) levels.delete(`${side} ${ticks}`)
              else levels.set(`${side} ${ticks}`, units)
            },
            commit: () => {
              isValid = true
              onCommit(fingerprint(levels))
            },
            invalidate: () => {
              isValid = false
            },
          }
        : undefined,
  }
  return { sink, isValid: () => isValid }
}

/** Resolves when `done` is, asked on every turn; `false` when that takes too long. */
async function until(done: () => boolean, patienceMs = RECOVERY_MS): Promise<boolean> {
  const endMs = Date.now() + patienceMs
  while (!done()) {
    if (Date.now() > endMs) return false
    await timers.sleep(10)
  }
  return true
}

/** Follows a book through the trouble: each book shown was the exchange's at some moment, and it catches up afterwards. */
export const marketSocket: Flow = async (world, trouble): Promise<Finding> => {
  const path = await world.pathWith(trouble)
  const faults: string[] = []
  let commits = 0
  let shows = 0
  const { sink, isValid } = judgedBook((book) => {
    commits++
    const move = world.book.history.get(book)
    if (move === undefined) faults.push('a book that the exchange never had')
    else shows = move
  })
  const feed = world.feedAt(path.host, sink, MARKET_SILENCE_MS)
  await feed.subscribe([MOVING])
  if (!(await until(() => isValid() && commits > 2))) faults.push('never began')
  await path.begin()
  // What we send matters only at the start of a connection.
  if (trouble.toxic?.direction === 'up') path.proxy.cut()
  await timers.sleep(TROUBLE_MS)
  if (trouble.expects === 'surely-not-sent' && isValid()) faults.push('a valid book without a connection')
  if (trouble.expects === 'works' && feed.status().reconnects > 0) faults.push('should have lived through it')
  await path.end()
  const moves = world.book.moves()
  if (!(await until(() => isValid() && shows > moves))) faults.push('did not catch up')
  const { reconnects, gaps } = feed.status()
  feed.close()
  return { claim: `valid after ${reconnects} reconnects, ${gaps} gaps`, truth: 'valid', faults: [...new Set(faults)] }
}

/** Follows our orders through the trouble: what the stream did not tell, it says that it may have missed. */
export const userSocket: Flow = async (world, trouble): Promise<Finding> => {
  const path = await world.pathWith(trouble)
  const faults: string[] = []
  const told = new Map<string, VenueOrder>()
  let gaps = 0
  const { sink } = judgedBook(() => {})
  const feed = world.feedAt(path.host, sink, USER_SILENCE_MS)
  feed.listen({ onOrder: (order) => told.set(order.orderId, order), onGap: () => gaps++ })
  await feed.subscribeUser()
  const before = await placeDirectly(world, `user before ${trouble.name}`)
  if (!(await until(() => told.has(before)))) faults.push('never began')
  await path.begin()
  const gapsBefore = gaps
  if (trouble.toxic?.direction === 'up') path.proxy.cut()
  const during = await placeDirectly(world, `user during ${trouble.name}`)
  await timers.sleep(TROUBLE_MS)
  await path.end()
  if (!(await until(() => told.has(during) || gaps > gapsBefore))) faults.push('missed an order and said nothing')
  if (trouble.expects === 'works' && gaps > gapsBefore) faults.push('should have lived through it')
  // The stream lives again: the next order comes over it, and so does the end of the first.
  await until(() => feed.status().state === 'live')
  const after = await placeDirectly(world, `user after ${trouble.name}`)
  await world.direct.cancelOrders([before])
  const isCurrent = () => told.has(during) && told.has(after) && told.get(before)?.status === 'CANCELLED'
  if (!(await until(isCurrent))) faults.push('did not catch up')
  for (const order of world.exchange.orders()) {
    const seen = told.get(order.orderId)
    if ([before, during, after].includes(order.orderId) && seen?.status !== order.status) {
      faults.push(`${order.clientOrderId}: ${seen?.status} told, ${order.status} there`)
    }
  }
  feed.close()
  return { claim: `current after ${feed.status().reconnects} reconnects`, truth: 'current', faults }
}
