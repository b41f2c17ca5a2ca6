import { definePolicy, evaluateOrder, type Policy, type RiskSnapshot } from '@tidegate/risk-engine'
import type {
  CancelOneResult,
  DeskEvent,
  EditRequest,
  EditResult,
  PlaceRequest,
  PlaceResult,
  TradingDesk,
} from '@tidegate/trading-desk'
import {
  type AccountReader,
  type Candle,
  type Clock,
  Decimal,
  type Fill,
  type Fresh,
  GRANULARITY_MS,
  type Intent,
  type MarketReader,
  NotFoundError,
  type OrderTerms,
  PermissionError,
  type Product,
  type Ticker,
  type Transfer,
} from '@tidegate/trading-model'

const d = (text: string): Decimal => new Decimal(text)

/** A product as a venue lists it. */
export function fakeProduct(productId: string, change: Partial<Product> = {}): Product {
  const [baseCurrency = '', quoteCurrency = ''] = productId.split('-')
  return {
    productId,
    baseCurrency,
    quoteCurrency,
    displayName: productId.replace('-', '/'),
    baseIncrement: d('0.00000001'),
    quoteIncrement: d('0.01'),
    priceIncrement: d('0.01'),
    baseMinSize: d('0.00000001'),
    baseMaxSize: d('3400'),
    quoteMinSize: d('1'),
    quoteMaxSize: d('150000000'),
    status: 'online',
    isDisabled: false,
    tradingDisabled: false,
    cancelOnly: false,
    limitOnly: false,
    postOnly: false,
    auctionMode: false,
    viewOnly: false,
    aliasTo: [],
    ...change,
  }
}

/** Products, tickers, books and candles that a test sets by hand. */
export class FakeMarket implements MarketReader {
  readonly catalogue = new Map<string, Product>(
    ['BTC-USD', 'ETH-USD', 'TONE-USD'].map((productId) => [productId, fakeProduct(productId)]),
  )
  readonly watchers = new Map<string, Set<(ticker: Fresh<Ticker>) => void>>()
  price = d('100000')
  source: Fresh<unknown>['source'] = 'stream'
  ageMs = 40
  stale = false
  fails: Error | undefined
  candleCalls: { productId: string; granularity: string; startMs: number; endMs: number }[] = []

  constructor(private readonly clock: Clock) {}

  async products(): Promise<Fresh<readonly Product[]>> {
    return this.fresh([...this.catalogue.values()])
  }

  async product(productId: string): Promise<Product> {
    const product = this.catalogue.get(productId)
    if (!product) throw new NotFoundError(`No product ${productId}`)
    return product
  }

  async ticker(productId: string): Promise<Fresh<Ticker>> {
    await this.product(productId)
    if (this.fails) throw this.fails
    return this.fresh({
      productId,
      price: this.price,
      bestBid: this.price.minus(1),
      bestBidSize: d('0.5'),
      bestAsk: this.price.plus(1),
      bestAskSize: d('0.25'),
      volume24h: d('1234.5'),
      priceChangePct24h: d('-1.25'),
    })
  }

  async book(productId: string, depth: number) {
    await this.product(productId)
    if (this.fails) throw this.fails
    const side = (step: number) =>
      Array.from({ length: depth }, (_, index) => ({
        price: this.price.plus(step * (index + 1)),
        size: d('0.1').plus(index),
      }))
    return this.fresh({ productId, bids: side(-1), asks: side(1) })
  }

  async candles(productId: string, granularity: keyof typeof GRANULARITY_MS, startMs: number, endMs: number) {
    await this.product(productId)
    if (this.fails) throw this.fails
    this.candleCalls.push({ productId, granularity, startMs, endMs })
    const step = GRANULARITY_MS[granularity]
    const candles: Candle[] = []
    for (let at = Math.ceil(startMs / step) * step; at < endMs; at += step) {
      candles.push({
        startMs: at,
        open: d('99000'),
        high: d('101000'),
        low: d('98000'),
        close: d('100000'),
        volume: d('3'),
      })
    }
    return this.fresh(candles)
  }

  watch(productId: string, listener: (ticker: Fresh<Ticker>) => void): () => void {
    const set = this.watchers.get(productId) ?? new Set()
    this.watchers.set(productId, set)
    set.add(listener)
    return () => set.delete(listener)
  }

  /** Moves the price and tells everybody who watches. */
  async move(productId: string, price: string): Promise<void> {
    this.price = d(price)
    const ticker = await this.ticker(productId)
    for (const listener of this.watchers.get(productId) ?? []) listener(ticker)
  }

  private fresh<T>(value: T): Fresh<T> {
    return {
      value,
      asOfMs: this.clock.nowMs() - this.ageMs,
      ageMs: this.ageMs,
      source: this.source,
      stale: this.stale,
    }
  }
}

/** An intent of 0.001 BTC at 90000, changed as the test needs. */
export function fakeIntent(change: Partial<Intent> = {}): Intent {
  return {
    intentId: 'intent-1',
    clientOrderId: '00000000-0000-4000-8000-0000000000c1',
    environment: 'paper',
    account: 'portfolio-1',
    principal: 'local',
    terms: {
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      size: { kind: 'base', baseSize: d('0.001') },
      limitPrice: d('90000'),
      postOnly: false,
    },
    kind: 'order',
    termsHash: 'hash',
    state: 'OPEN',
    cancel: 'none',
    worstNotionalUsd: '91.08',
    needsApproval: false,
    reducesExposure: false,
    priceBand: { low: '90000', high: '110000' },
    venueOrderId: 'venue-1',
    filledSize: '0',
    filledValue: '0',
    totalFees: '0',
    createdAtMs: Date.UTC(2026, 10, 24, 11, 0, 0),
    updatedAtMs: Date.UTC(2026, 10, 24, 11, 0, 1),
    version: 1,
    ...change,
  }
}

/** One fill of 0.001 BTC at 100000. */
export function fakeFill(change: Partial<Fill> = {}): Fill {
  return {
    orderId: 'venue-1',
    tradeId: 'trade-1',
    productId: 'BTC-USD',
    side: 'BUY',
    price: d('100000'),
    baseSize: d('0.001'),
    fee: d('1.2'),
    feeCurrency: 'USD',
    liquidity: 'TAKER',
    tradedAtMs: Date.UTC(2026, 10, 24, 11, 0, 1),
    sequenceAtMs: Date.UTC(2026, 10, 24, 11, 0, 1),
    ...change,
  }
}

/**
 * A desk without venue or journal: decides with the real risk engine on a fixed snapshot, keeps what it was asked, and
 * answers a placement with what the test prepared.
 */
export class FakeDesk implements TradingDesk {
  readonly environment = 'paper'
  policy: Policy = definePolicy({ maxOrderSize: { 'BTC-USD': '5' } })
  /** Limits of agents that have their own. */
  agentPolicies = new Map<string, Policy>()
  dryRun = false
  intents: Intent[] = []
  fillsKept: Fill[] = []
  placed: PlaceRequest[] = []
  edited: EditRequest[] = []
  /** What `edit` answers; by default the venue made it in place. */
  editAnswer: Partial<EditResult> = {}
  modesSet: { scope: string; mode: string; reason: string }[] = []
  cancelled: string[] = []
  /** What `place` answers; by default the venue accepts. */
  answer: (request: PlaceRequest) => PlaceResult | Promise<PlaceResult> = (request) => ({
    outcome: 'accepted',
    decision: this.decide(request.terms),
    intent: fakeIntent({ terms: request.terms, state: 'FILLED', filledSize: '0.001', ...keyOf(request) }),
  })
  cancelAnswer: Partial<CancelOneResult> = { outcome: 'cancelled', cancel: 'confirmed' }
  allGone = true
  private readonly listeners = new Set<(event: DeskEvent) => void>()

  constructor(private readonly clock: Clock) {}

  async start(): Promise<void> {}
  readiness() {
    return { ready: true, reason: '' }
  }

  policyFor = (name: string): Policy => this.agentPolicies.get(name) ?? this.policy
  async setPolicies(): Promise<never> {
    throw new PermissionError('Only the operator changes limits')
  }

  decide(terms: OrderTerms) {
    return evaluateOrder(this.policy, this.snapshot(terms.productId), terms)
  }

  async preview(_principal: unknown, terms: OrderTerms) {
    return { decision: this.decide(terms), policyVersion: this.policy.version, marketAgeMs: 40 }
  }

  async place(request: PlaceRequest): Promise<PlaceResult> {
    this.placed.push(request)
    return this.answer(request)
  }

  async edit(request: EditRequest): Promise<EditResult> {
    this.edited.push(request)
    const edit = fakeIntent({ kind: 'edit', intentId: 'edit-1', targetIntentId: 'intent-1', state: 'APPLIED' })
    return {
      outcome: 'accepted',
      how: 'edit',
      keepsPlace: false,
      denials: [],
      intent: edit,
      target: fakeIntent({ state: 'OPEN' }),
      ...this.editAnswer,
    }
  }

  replace(request: EditRequest): Promise<EditResult> {
    return this.edit({ ...request, how: 'replace' })
  }

  async cancel(_principal: unknown, id: string): Promise<CancelOneResult> {
    this.cancelled.push(id)
    const intent = await this.getOrder(id)
    return { id, outcome: 'cancelled', cancel: 'confirmed', ...(intent ? { intent } : {}), ...this.cancelAnswer }
  }

  async cancelAll(principal: unknown, productId?: string) {
    const open = this.intents.filter((intent) => productId === undefined || intent.terms.productId === productId)
    const results = await Promise.all(open.map((intent) => this.cancel(principal, intent.intentId)))
    return { results, allGone: this.allGone, remaining: this.allGone ? [] : open.map((intent) => intent.intentId) }
  }

  async decideApproval(): Promise<{ ok: false; why: 'unknown'; reason: string }> {
    return { ok: false, why: 'unknown', reason: 'not here' }
  }
  async listApprovals() {
    return []
  }
  async settleQuarantine(): Promise<never> {
    throw new PermissionError('Only the operator settles')
  }

  async setMode(change: Parameters<TradingDesk['setMode']>[0]) {
    if (change.mode !== 'HALTED') throw new PermissionError('Only the operator loosens')
    this.modesSet.push({ scope: change.scope, mode: change.mode, reason: change.reason })
    return {
      scope: change.scope,
      mode: change.mode,
      by: change.principal.name,
      reason: change.reason,
      atMs: this.clock.nowMs(),
    }
  }

  async modes() {
    return [{ scope: 'account', mode: 'ACTIVE' as const, by: 'operator', reason: 'start', atMs: this.clock.nowMs() }]
  }

  async getOrder(id: string): Promise<Intent | undefined> {
    return this.intents.find((intent) => [intent.intentId, intent.venueOrderId, intent.key].includes(id))
  }

  async listOrders(query: Parameters<TradingDesk['listOrders']>[0]): Promise<readonly Intent[]> {
    return this.intents
      .filter(
        (intent) =>
          (query.states?.includes(intent.state) ?? true) &&
          (query.productId === undefined || intent.terms.productId === query.productId) &&
          (query.sinceMs === undefined || intent.createdAtMs >= query.sinceMs) &&
          (query.untilMs === undefined || intent.createdAtMs < query.untilMs),
      )
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.intentId < b.intentId ? 1 : -1))
      .slice(0, query.limit ?? 1000)
  }

  async fills(query: Parameters<TradingDesk['fills']>[0]): Promise<readonly Fill[]> {
    return this.fillsKept.filter(
      (fill) =>
        (query.productId === undefined || fill.productId === query.productId) &&
        (query.orderId === undefined || fill.orderId === query.orderId) &&
        (query.sinceMs === undefined || fill.tradedAtMs >= query.sinceMs) &&
        (query.untilMs === undefined || fill.tradedAtMs < query.untilMs),
    )
  }

  async balances() {
    return {
      asOfMs: this.clock.nowMs() - 25,
      balances: [
        { accountId: 'wallet-usd', currency: 'USD', available: d('9000'), hold: d('1000.10') },
        { accountId: 'wallet-btc', currency: 'BTC', available: d('0.5'), hold: d('0') },
      ],
    }
  }

  async profile() {
    return {
      asOfMs: this.clock.nowMs() - 10,
      fees: { tier: 'Intro 1', takerRate: d('0.012'), makerRate: d('0.006'), volumeUsd: d('100') },
      permissions: {
        canView: true,
        canTrade: true,
        canTransfer: false,
        portfolioId: 'portfolio-1',
        portfolioType: 'DEFAULT',
      },
    }
  }

  async positions(productId?: string) {
    const btc = {
      asset: 'BTC',
      productId: 'BTC-USD',
      size: '0.5',
      averageEntryPrice: '90000',
      costBasisUsd: '45000',
      marketPrice: '100000',
      marketValueUsd: '50000',
      unrealizedPnlUsd: '5000',
      unrealizedPnlPct: '11.11',
      realizedPnlUsd: '12.5',
      feesUsd: '3.5',
      portfolioSharePct: '83.3',
      breakEvenPrice: '91100',
      onePctMoveUsd: '500',
      costBasisComplete: true,
    }
    const gift = {
      ...btc,
      asset: 'ETH',
      productId: 'ETH-USD',
      size: '2',
      averageEntryPrice: undefined,
      costBasisUsd: undefined,
      unrealizedPnlUsd: undefined,
      unrealizedPnlPct: undefined,
      breakEvenPrice: undefined,
      costBasisComplete: false,
    }
    return {
      positions: [btc, gift].filter((item) => productId === undefined || item.productId === productId),
      portfolioValueUsd: '60000',
      day: { realizedUsd: d('10'), unrealizedUsd: d('-3'), feesUsd: d('2'), complete: true },
      ageMs: 40,
    }
  }

  async reconcile(trigger: string) {
    return {
      atMs: this.clock.nowMs(),
      trigger,
      resolved: [],
      adopted: [],
      newFills: 0,
      unresolved: [],
      differences: [],
    }
  }

  listen(listener: (event: DeskEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get listenerCount(): number {
    return this.listeners.size
  }

  tell(event: DeskEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  async close(): Promise<void> {}

  private snapshot(productId: string): RiskSnapshot {
    const level = (price: string) => ({ price: d(price), size: d('50') })
    return {
      nowMs: this.clock.nowMs(),
      product: ['BTC-USD', 'ETH-USD'].includes(productId) ? fakeProduct(productId) : undefined,
      bookProductId: productId,
      market: {
        ageMs: 40,
        usable: true,
        value: {
          bestBid: d('99999'),
          bestAsk: d('100001'),
          lastTrade: d('100000'),
          bids: [level('99999')],
          asks: [level('100001')],
        },
      },
      balances: {
        ageMs: 25,
        usable: true,
        value: [
          { accountId: 'wallet-usd', currency: 'USD', available: d('900000'), hold: d('0') },
          { accountId: 'wallet-btc', currency: 'BTC', available: d('0.5'), hold: d('0') },
        ],
      },
      feeRates: { tier: 'Intro 1', takerRate: d('0.012'), makerRate: d('0.006'), volumeUsd: d('100') },
      usdPrices: { USD: d('1'), USDC: d('1'), BTC: d('100000'), ETH: d('4000') },
      openIntents: [],
      usage: { rows: [], releaseEpoch: 0, recent: [] },
      day: { realizedUsd: d('0'), unrealizedUsd: d('0'), feesUsd: d('0'), complete: true },
      mode: 'ACTIVE',
      principal: 'local',
      recent: {
        equity: { nowUsd: d('950000'), peaks: [] },
        marks: [{ ageMs: 40, low: d('100000'), high: d('100000') }],
        sameOrders: [],
        entries: [],
      },
    }
  }
}

/** Only transfers are read from it. */
export class FakeAccount implements AccountReader {
  kept: Transfer[] = []
  async balances() {
    return []
  }
  feeRates(): Promise<never> {
    return Promise.reject(new Error('the desk keeps the profile'))
  }
  keyPermissions(): Promise<never> {
    return Promise.reject(new Error('the desk keeps the profile'))
  }
  async transfers(limit: number): Promise<readonly Transfer[]> {
    return this.kept.slice(0, limit)
  }
  clockSkewMs(): number {
    return 0
  }
}

function keyOf(request: PlaceRequest): Partial<Intent> {
  return request.key === undefined ? {} : { key: request.key }
}
