import { Decimal, type OrderTerms, VenueError } from '@tidegate/trading-model'
import type { Trouble } from './toxics.js'
import { STILL, type World } from './world.js'

/** What the client said about what it did, and whether that is so. */
export interface Finding {
  readonly claim: string
  readonly truth: string
  /** Empty when the claim is true and the trouble left nothing behind. */
  readonly faults: readonly string[]
}

export type Flow = (world: World, trouble: Trouble) => Promise<Finding>

const resting: OrderTerms = {
  productId: STILL,
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  size: { kind: 'base', baseSize: new Decimal('0.001') },
  limitPrice: new Decimal('1000'),
  postOnly: false,
}

const claimOf = (error: unknown): string => (error instanceof VenueError ? error.outcome : `threw ${String(error)}`)

/** The rule of the whole suite: unknown may be anything; the other two words must be true. */
function judge(claim: string, isApplied: boolean, trouble: Trouble): string[] {
  const faults: string[] = []
  if (claim !== 'applied' && claim !== 'not-applied' && claim !== 'unknown') faults.push(`no claim: ${claim}`)
  if (claim === 'applied' && !isApplied) faults.push('claims applied, and it is not')
  if (claim === 'not-applied' && isApplied) faults.push('claims not applied, and it is')
  if (trouble.expects === 'works' && claim !== 'applied') faults.push('should have gone through')
  if (trouble.expects === 'surely-not-sent' && claim !== 'not-applied') faults.push('should say that nothing was sent')
  return faults
}

/** Places an order through the trouble. */
export const place: Flow = async (world, trouble) => {
  const path = await world.pathWith(trouble)
  const clientOrderId = `place ${trouble.name}`
  await path.begin()
  const claim = await path.client.createOrder({ clientOrderId, terms: resting }).then(() => 'applied', claimOf)
  await path.end()
  const placed = world.exchange.orders().filter((order) => order.clientOrderId === clientOrderId)
  const faults = judge(claim, placed.length > 0, trouble)
  if (placed.length > 1) faults.push(`${placed.length} orders for one intent`)
  // Whoever was left in doubt can find out over the same way.
  const seen = await path.client.listOrders({ productId: STILL })
  const found = seen.filter((order) => order.clientOrderId === clientOrderId).length
  if (found !== placed.length) faults.push(`${found} found afterwards of ${placed.length}`)
  return { claim, truth: placed.length > 0 ? 'applied' : 'not-applied', faults }
}

/** Cancels a resting order through the trouble. */
export const cancel: Flow = async (world, trouble) => {
  const path = await world.pathWith(trouble)
  const clientOrderId = `cancel ${trouble.name}`
  const { orderId } = await world.direct.createOrder({ clientOrderId, terms: resting })
  await path.begin()
  const claim = await path.client
    .cancelOrders([orderId])
    .then(
      ([result]) =>
        ({ accepted: 'applied', refused: 'not-applied', unknown: 'unknown' })[result?.outcome ?? 'unknown'] as string,
      claimOf,
    )
  await path.end()
  const status = () => world.exchange.orders().find((order) => order.orderId === orderId)?.status
  const truth = status() ?? 'lost'
  const faults = judge(claim, truth === 'CANCELLED', trouble)
  // A cancel may be repeated until it is known.
  await path.client.cancelOrders([orderId])
  if (status() !== 'CANCELLED') faults.push(`still ${status()} after a second cancel`)
  return { claim, truth: truth === 'CANCELLED' ? 'applied' : 'not-applied', faults }
}

/** Reads a list through the trouble: the whole of it, or an error. */
function list(read: (world: World['direct']) => Promise<readonly string[]>, truthOf: (world: World) => string[]): Flow {
  return async (world, trouble) => {
    const path = await world.pathWith(trouble)
    const truth = truthOf(world).toSorted().join()
    await path.begin()
    const answer = await read(path.client).then(
      (ids) => ids.toSorted().join(),
      (error: unknown) => error,
    )
    await path.end()
    const faults: string[] = []
    if (typeof answer === 'string') {
      if (answer !== truth) faults.push('a list that is not the list')
      if (trouble.expects === 'surely-not-sent') faults.push('an answer from nowhere')
    } else {
      if (claimOf(answer) !== 'not-applied') faults.push(`a read that may have changed something: ${claimOf(answer)}`)
      if (trouble.expects === 'works') faults.push(`should have gone through: ${String(answer)}`)
    }
    const again = (await read(path.client)).toSorted().join()
    if (again !== truth) faults.push('not the list even afterwards')
    return { claim: typeof answer === 'string' ? 'complete' : 'failed', truth: 'complete', faults }
  }
}

/** Orders that ended before the scenarios began; those of the scenarios rest or are cancelled. */
export const listOrders = list(
  async (client) =>
    (await client.listOrders({ productId: STILL }))
      .filter(({ status }) => status === 'FILLED')
      .map((each) => each.orderId),
  (world) =>
    world.exchange
      .orders()
      .filter(({ status }) => status === 'FILLED')
      .map((each) => each.orderId),
)

export const listFills = list(
  async (client) => (await client.listFills({ productId: STILL })).map((fill) => fill.tradeId),
  (world) => world.exchange.fills().map((fill) => fill.tradeId),
)

/** Buys a few times at the market, so that there are filled orders and fills to list. */
export async function fillSome(world: World): Promise<void> {
  for (let count = 1; count <= 12; count++) {
    const terms: OrderTerms = {
      productId: STILL,
      side: 'BUY',
      orderType: 'MARKET',
      timeInForce: 'IOC',
      size: { kind: 'base', baseSize: new Decimal('0.01') },
    }
    await world.direct.createOrder({ clientOrderId: `fill ${count}`, terms })
  }
}

/** A resting order under that id, placed past all trouble. */
export async function placeDirectly(world: World, clientOrderId: string): Promise<string> {
  return (await world.direct.createOrder({ clientOrderId, terms: resting })).orderId
}
