import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { openJournal } from '@tidegate/trade-journal'

interface Database {
  prepare(sql: string): {
    all(params: readonly unknown[]): Record<string, unknown>[]
    run(params: readonly unknown[]): unknown
  }
  exec(sql: string): void
  close(): void
}

/** Where a written store is. */
export interface BenchStore {
  readonly store: string
  readonly headsFile: string
  readonly publicKeyFile: string
}

export function placesIn(folder: string): BenchStore {
  const headsFile = join(folder, 'heads.jsonl')
  return { store: join(folder, 'journal.sqlite'), headsFile, publicKeyFile: `${headsFile}.pub` }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Keys sorted at every level, as the journal writes bodies. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )

const claims = [
  ['balance:USD', 'open', '20000000'],
  ['exposure:BTC', 'open', '19762846'],
  ['open-orders:account', 'open', '1'],
  ['open-value:account', 'open', '20000000'],
  ['value:account', '2026-11-24', '20000000'],
] as const

/**
 * Writes a store of `orders` filled orders, five entries each, with every record beside them, as the journal would have left it: opened by the
 * real journal, filled by hand because placing a million is not what is measured.
 */
export async function writeStore(folder: string, orders: number): Promise<void> {
  const places = placesIn(folder)
  const journal = await openJournal({
    path: places.store,
    headsPath: places.headsFile,
    environment: 'paper',
    hostId: 'bench',
    clock: { nowMs: () => 1_795_000_000_000 },
    ids: { uuid: () => randomUUID() },
    random: { bytes: (length) => new Uint8Array(length).fill(7) },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  await journal.close()
  const Libsql = createRequire(import.meta.url)('libsql') as new (path: string) => Database
  const database = new Libsql(places.store)
  database.exec('pragma synchronous = off; pragma foreign_keys = off; begin')
  const last = database.prepare('select seq, hash from audit order by seq desc limit 1').all([])[0] ?? {}
  const writer = new Writer(database, Number(last['seq']), String(last['hash']))
  for (let order = 1; order <= orders; order++) writer.order(order)
  const row = database.prepare('select store_id from meta').all([])[0]
  const key = createPrivateKey(readFileSync(`${places.headsFile}.key`))
  const exported = Number(database.prepare('select exported_seq from audit_head').all([])[0]?.['exported_seq'])
  const text = `tidegate.audit-head/1\n${String(row?.['store_id'])}\n${writer.seq}\n${writer.hash}\n${exported}\n`
  const signature = sign(null, Buffer.from(text), key).toString('hex')
  database.prepare('update audit_head set seq = ?, hash = ?, signature = ?').run([writer.seq, writer.hash, signature])
  const used = orders * 20_000_000
  database.prepare('insert into limit_rows values (?, ?, ?, ?, 0)').run(['value:account', '2026-11-24', used, used])
  for (const [scope, window] of claims.slice(0, 4)) {
    database.prepare('insert into limit_rows values (?, ?, 0, 1, 0)').run([scope, window])
  }
  database.exec('commit')
  database.close()
}

class Writer {
  readonly #database: Database
  readonly #entry: { run(params: readonly unknown[]): unknown }
  readonly #statements = new Map<string, { run(params: readonly unknown[]): unknown }>()

  constructor(
    database: Database,
    public seq: number,
    public hash: string,
  ) {
    this.#database = database
    this.#entry = database.prepare('insert into audit values (?, ?, ?, ?, ?, ?, ?, ?)')
  }

  order(order: number): void {
    const intentId = `00000000-0000-4000-8000-${String(order).padStart(12, '0')}`
    const venueOrderId = `10000000-0000-4000-8000-${String(order).padStart(12, '0')}`
    const input = canonical({ order, prices: { 'BTC-USD': '65000.12' } })
    const row = rowOf(order, this.seq + 1, intentId, venueOrderId)
    // The first two fingerprints are those of rows that nobody has any more.
    const past = sha256(intentId)
    this.#append('local', 'intent.recorded', intentId, {
      state: 'RESERVED',
      terms: row['terms'],
      client_order_id: row['client_order_id'],
      principal: 'local',
      policy_version: 'v1',
      decision_input: sha256(input),
      worst_notional_usd: '20',
      reservations: claims.map(([scope, window, amount]) => {
        return {
          scope,
          window,
          amount,
          cap: '100000000000',
          unit: scope === 'open-orders:account' ? '1 order' : '0.000001 USD',
        }
      }),
      row: past,
    })
    const change = (from: string, to: string, version: number, event: object, more: object = {}) => {
      return { from, to, cancel: 'none', version, event, row: past, ...more }
    }
    const times = { type: 'submit_begun', notBeforeMs: 1_795_000_000_000, signByMs: 1_795_000_003_000 }
    this.#append(
      'local',
      'intent.submit_begun',
      intentId,
      change('RESERVED', 'SUBMITTING', 2, times, { instance: 'bench' }),
    )
    this.#append('desk', 'intent.acked', intentId, change('SUBMITTING', 'ACKED', 3, { type: 'acked', venueOrderId }))
    const fill = fillOf(order, venueOrderId)
    const fillAtMs = this.#atMs + 1
    this.#append('venue', 'fills.recorded', null, { fills: [fill] })
    const filled = {
      type: 'venue_order',
      orderId: venueOrderId,
      status: 'FILLED',
      filledSize: '0.0003',
      filledValue: '19.5',
    }
    const moved = claims.slice(0, 4).map(([scope, window, from]) => ({ scope, window, from, to: '0' }))
    const body = change(
      'ACKED',
      'FILLED',
      4,
      { ...filled, totalFees: '0.23', averageFilledPrice: '65000' },
      { reservations: moved },
    )
    this.#append('desk', 'intent.venue_order', intentId, { ...body, row: fingerprint(row) })
    this.#insert('intents', row)
    this.#insert('decision_inputs', { intent_id: intentId, policy_version: 'v1', input, denials: null })
    for (const [scope, window, amount] of claims) {
      const remaining = window === 'open' ? 0 : Number(amount)
      this.#insert('reservations', {
        intent_id: intentId,
        scope,
        window_id: window,
        amount: Number(amount),
        remaining,
        unit: 'x',
      })
    }
    this.#insert('fills', {
      order_id: fill.orderId,
      trade_id: fill.tradeId,
      product_id: fill.productId,
      side: fill.side,
      price: fill.price,
      base_size: fill.baseSize,
      fee: fill.fee,
      fee_currency: fill.feeCurrency,
      liquidity: fill.liquidity,
      traded_at_ms: fill.tradedAtMs,
      sequence_at_ms: fill.sequenceAtMs,
      recorded_at_ms: fillAtMs,
    })
  }

  get #atMs(): number {
    return 1_795_000_000_000 + this.seq
  }

  #append(actor: string, type: string, intentId: string | null, body: object): void {
    this.seq++
    const text = canonical(body)
    const fields = [this.seq, this.#atMs, actor, type, intentId, text, this.hash]
    const hash = sha256(JSON.stringify(['tidegate.audit/1', ...fields]))
    this.#entry.run([...fields, hash])
    this.hash = hash
  }

  #insert(table: string, row: Stored): void {
    const columns = Object.keys(row)
    const text = `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`
    const statement = this.#statements.get(text) ?? this.#database.prepare(text)
    this.#statements.set(text, statement)
    statement.run(Object.values(row))
  }
}

type Stored = Readonly<Record<string, string | number | null>>

function fillOf(order: number, orderId: string) {
  const atMs = 1_795_000_000_000 + order
  return {
    orderId,
    tradeId: `t-${order}`,
    productId: 'BTC-USD',
    side: 'BUY',
    price: '65000',
    baseSize: '0.0003',
    fee: '0.23',
    feeCurrency: 'USD',
    liquidity: 'TAKER',
    tradedAtMs: atMs,
    sequenceAtMs: atMs,
  }
}

function rowOf(order: number, ordinal: number, intentId: string, venueOrderId: string): Stored {
  const terms = '{"product_id":"BTC-USD","side":"BUY","order_type":"MARKET","time_in_force":"IOC","quote_size":"20"}'
  return {
    intent_id: intentId,
    ordinal,
    client_order_id: `20000000-0000-4000-8000-${String(order).padStart(12, '0')}`,
    environment: 'paper',
    account: 'bench',
    principal: 'local',
    idempotency_key: null,
    product_id: 'BTC-USD',
    book_product_id: 'BTC-USD',
    terms,
    terms_hash: sha256(terms),
    state: 'FILLED',
    cancel_state: 'none',
    worst_notional_usd: '20',
    needs_approval: 0,
    reduces_exposure: 0,
    price_band_low: '60000',
    price_band_high: '70000',
    approval_expires_at_ms: null,
    approved_by: null,
    venue_order_id: venueOrderId,
    not_before_ms: 1_795_000_000_000,
    sign_by_ms: 1_795_000_003_000,
    filled_size: '0.0003',
    filled_value: '19.5',
    total_fees: '0.23',
    average_filled_price: '65000',
    outcome_code: null,
    outcome_reason: null,
    created_at_ms: 1_795_000_000_000 + order,
    updated_at_ms: 1_795_000_000_000 + order,
    version: 4,
  }
}

function fingerprint(row: Stored): string {
  return sha256(
    canonical(
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? null : String(value)])),
    ),
  )
}
