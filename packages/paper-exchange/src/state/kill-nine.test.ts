/* oxlint-disable no-restricted-globals, no-restricted-properties -- real processes live in real time */
import { SeededRandom } from '@tidegate/testkit'
import { Decimal } from '@tidegate/trading-model'
import { afterAll, describe, expect, it } from 'vitest'
import { type Alive, createKillWorld } from '../testing/kill-world.js'
import { testClient } from '../testing/test-client.js'

/** A few in every run of the tests; `KILLS=25` for a long look. */
const kills = Number(process.env['KILLS'] ?? 6)
const world = await createKillWorld()
const random = new SeededRandom(4_711)
const below = (limit: number) => (((random.bytes(2)[0] ?? 0) << 8) | (random.bytes(1)[0] ?? 0)) % limit

afterAll(() => world.close())

type Client = ReturnType<typeof testClient>
type Row = Record<string, unknown> & { readonly order_id: string; readonly status: string }
type Settings = Record<string, Record<string, unknown>>
type OrderMaker = () => { side: 'BUY' | 'SELL'; configuration: Settings; more?: object }

/** What the exchange has said yes to, and may therefore never forget. */
const acknowledged = {
  orders: new Map<string, { readonly clientOrderId: string; readonly configuration: Settings }>(),
  edits: new Map<string, { readonly price: string; readonly size: string }>(),
  cancels: new Set<string>(),
  fills: new Map<string, string>(),
  ended: new Map<string, string>(),
}
const kinds = new Set<string>()
const seen = { children: 0, halfDoneTwaps: 0, refused: 0 }
let count = 0
const waiting = new Set<() => void>()

function acknowledgements(wanted: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (acknowledged.orders.size < wanted) return
      waiting.delete(look)
      resolve()
    }
    waiting.add(look)
  })
}

/** Where {@link ordersAround} has a limit order that nothing will reach. */
const farLimit = 3

/** Every kind of order around the market; far ones rest, near ones trade, stops and brackets lie in wait. */
function ordersAround(bid: Decimal): readonly OrderMaker[] {
  const at = (factor: string) => bid.mul(factor).toDecimalPlaces(2).toFixed()
  const end = new Date(Date.now() + 86_400_000).toISOString()
  const base_size = '0.02'
  const rest = { base_size, limit_price: at('0.97') }
  const guard = {
    base_size,
    limit_price: at('0.9'),
    stop_price: at('0.98'),
    stop_direction: 'STOP_DIRECTION_STOP_DOWN',
  }
  const both = { base_size, limit_price: at('1.02'), stop_trigger_price: at('0.98') }
  const exits = { trigger_bracket_gtc: { limit_price: at('1.05'), stop_trigger_price: at('0.9') } }
  const sell = (configuration: Settings) => ({ side: 'SELL' as const, configuration })
  const buy = (configuration: Settings, more = {}) => ({ side: 'BUY' as const, configuration, more })
  return [
    () => buy({ market_market_ioc: { quote_size: '250' } }, { attached_order_configuration: exits }),
    () => buy({ market_market_fok: { base_size } }),
    () => sell({ sor_limit_ioc: { base_size, limit_price: at('0.999') } }),
    () => buy({ limit_limit_gtc: rest }),
    () => buy({ limit_limit_gtd: { ...rest, end_time: end } }),
    () => sell({ limit_limit_fok: { base_size, limit_price: at('0.999') } }),
    () => sell({ stop_limit_stop_limit_gtc: guard }),
    () => sell({ stop_limit_stop_limit_gtd: { ...guard, end_time: end } }),
    () => sell({ trigger_bracket_gtc: both }),
    () => sell({ trigger_bracket_gtd: { ...both, end_time: end } }),
    () =>
      buy({
        twap_limit_gtd: {
          base_size: '0.5',
          limit_price: at('1.03'),
          start_time: new Date(Date.now() - 60_000).toISOString(),
          end_time: new Date(Date.now() + 6 * 86_400_000).toISOString(),
          bucket_duration: '60s',
        },
      }),
    () =>
      sell({ scaled_limit_gtc: { base_size: '0.1', num_orders: '5', min_price: at('1.0001'), max_price: at('1.02') } }),
    () => buy({ limit_limit_gtc: { ...rest, limit_price: at('1.001') } }, { attached_order_configuration: exits }),
  ]
}

/** Places one order and writes down what the exchange said; its id if that was yes. */
async function place(client: Client, { side, configuration, more }: ReturnType<OrderMaker>) {
  const clientOrderId = `order ${++count}`
  const { json } = await client.post('/orders', {
    client_order_id: clientOrderId,
    product_id: 'BTC-USD',
    side,
    order_configuration: configuration,
    ...more,
  })
  kinds.add(Object.keys(configuration)[0] ?? '')
  if (json.success !== true) {
    seen.refused++
    return undefined
  }
  const orderId = json.order_id as string
  acknowledged.orders.set(orderId, { clientOrderId, configuration })
  for (const wait of waiting) wait()
  return orderId
}

async function edit(client: Client, orderId: string, bid: Decimal): Promise<void> {
  const terms = { price: bid.mul('0.96').toDecimalPlaces(2).toFixed(), size: '0.03' }
  const edited = await client.post('/orders/edit', { order_id: orderId, ...terms })
  if (edited.json.success === true) acknowledged.edits.set(orderId, terms)
}

async function cancel(client: Client, orderId: string): Promise<void> {
  const cancelled = await client.post('/orders/batch_cancel', { order_ids: [orderId] })
  if (cancelled.json.results[0].success === true) acknowledged.cancels.add(orderId)
}

/** One of everything, each answer awaited: whatever the moments of the kills, it has all been there for the first. */
async function oneOfEach(client: Client, bid: Decimal): Promise<void> {
  const orders = ordersAround(bid)
  for (const order of orders) await place(client, order())
  const far = () => place(client, orders[farLimit]?.() as ReturnType<OrderMaker>)
  await edit(client, (await far()) ?? '', bid)
  await cancel(client, (await far()) ?? '')
  noteFills((await client.get('/orders/historical/fills?limit=50')).json.fills)
}

/** Places, edits, cancels and looks until the exchange is gone; writes down what it said yes to, and nothing else. */
async function load(client: Client, bid: Decimal, worker: number): Promise<void> {
  const orders = ordersAround(bid)
  for (let turn = 0; ; turn++) {
    const made = orders[(worker + turn * 4) % orders.length]?.() as ReturnType<OrderMaker>
    const orderId = await place(client, made)
    if (orderId === undefined) continue
    if ('limit_limit_gtc' in made.configuration && turn % 2 === 0) await edit(client, orderId, bid)
    else if (below(4) === 0) await cancel(client, orderId)
    if (turn % 5 === 0) noteFills((await client.get('/orders/historical/fills?limit=50')).json.fills)
  }
}

function noteFills(rows: readonly { trade_id: string }[]): void {
  for (const row of rows) acknowledged.fills.set(row.trade_id, JSON.stringify(row))
}

async function check(client: Client, alive: Alive): Promise<void> {
  expect(alive.discrepancies).toEqual([])
  const orders = new Map<string, Row>(
    (await client.get('/orders/historical/batch')).json.orders.map((row: Row) => [row.order_id, row]),
  )
  for (const [orderId, { clientOrderId, configuration }] of acknowledged.orders) {
    const order = orders.get(orderId)
    expect(order?.['client_order_id'], `order ${orderId}`).toBe(clientOrderId)
    expect(Object.keys(order?.['order_configuration'] as object)).toEqual(Object.keys(configuration))
  }
  for (const [orderId, { price, size }] of acknowledged.edits) {
    const terms = (orders.get(orderId)?.['order_configuration'] as Settings | undefined)?.['limit_limit_gtc']
    expect([terms?.['limit_price'], terms?.['base_size']], `edit of ${orderId}`).toEqual([price, size])
  }
  for (const orderId of acknowledged.cancels) {
    expect(orders.get(orderId)?.status, `cancel of ${orderId}`).toBe('CANCELLED')
  }
  for (const [orderId, row] of acknowledged.ended) expect(JSON.stringify(orders.get(orderId))).toBe(row)
  const fills = new Map<string, string>()
  for (let cursor = ''; ; ) {
    const page = (await client.get(`/orders/historical/fills?limit=1000${cursor && `&cursor=${cursor}`}`)).json
    for (const row of page.fills) fills.set(row.trade_id as string, JSON.stringify(row))
    cursor = page.cursor as string
    if (cursor === '') break
  }
  for (const [tradeId, row] of acknowledged.fills) expect(fills.get(tradeId), `fill ${tradeId}`).toBe(row)
  for (const [tradeId, row] of fills) acknowledged.fills.set(tradeId, row)
  for (const [orderId, row] of orders) {
    if (['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'].includes(row.status))
      acknowledged.ended.set(orderId, JSON.stringify(row))
    if (row['originating_order_id'] !== '') seen.children++
    if (row['order_type'] === 'TWAP' && row.status === 'OPEN' && Number(row['number_of_fills']) > 0)
      seen.halfDoneTwaps++
  }
  await addUp(client)
}

/** Every wallet is what came in and went out of it, to the last digit; nobody but the ledger is asked. */
async function addUp(client: Client): Promise<void> {
  const walletsNow = async () =>
    new Map<string, string>(
      (await client.get('/accounts')).json.accounts.map(
        (row: { uuid: string; available_balance: { value: string }; hold: { value: string } }) => [
          row.uuid,
          new Decimal(row.available_balance.value).add(row.hold.value).toFixed(),
        ],
      ),
    )
  for (const uuid of (await walletsNow()).keys()) {
    let before: string | undefined
    let total: Decimal
    // The market goes on while we read: a fill in between is in one of the two only.
    do {
      before = (await walletsNow()).get(uuid)
      total = new Decimal(0)
      for (let next = `/v2/accounts/${uuid}/transactions?limit=100`; next; ) {
        const page = (await client.get(next)).json
        for (const row of page.data) total = total.add(row.amount.amount as string)
        next = page.pagination.next_uri as string
      }
    } while ((await walletsNow()).get(uuid) !== before)
    expect(before, uuid).toBe(total.toFixed())
  }
}

describe('an exchange that is killed under load', () => {
  it(`loses nothing that it has acknowledged, ${kills} times over`, async () => {
    for (let round = 0; round <= kills; round++) {
      const alive = await world.start()
      const client = testClient(alive, () => Date.now())
      if (round > 0) await check(client, alive)
      if (round === kills) break
      const bid = new Decimal((await client.get('/best_bid_ask?product_ids=BTC-USD')).json.pricebooks[0].bids[0].price)
      if (round === 0) await oneOfEach(client, bid)
      // The workers end with the process: a request that gets no answer is acknowledged in nothing.
      const workers = [0, 1, 2, 3].map((worker) => load(client, bid, worker + round).catch(() => {}))
      // In the middle of whatever is under way when so many have been acknowledged, or a moment later.
      await acknowledgements(acknowledged.orders.size + 3 + below(8))
      await new Promise((resolve) => setTimeout(resolve, below(20)))
      await world.kill()
      await Promise.all(workers)
    }
    // Sure whenever the kills fall: one of each was answered before the first, and three orders more before every one.
    expect([...kinds].sort()).toHaveLength(12)
    expect(acknowledged.orders.size).toBeGreaterThan(kills * 3 + 12)
    expect(acknowledged.fills.size).toBeGreaterThan(3)
    const met = { edits: acknowledged.edits.size, cancels: acknowledged.cancels.size, ...seen }
    expect(Object.entries(met).filter(([, times]) => times === 0)).toEqual([])
  }, 600_000)
})
