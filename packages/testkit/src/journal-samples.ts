import { createHash } from 'node:crypto'
import {
  type ApprovedOrder,
  Decimal,
  type DeniedIntent,
  type Fill,
  type IntentOrigin,
  type LimitTerms,
  type NewIntent,
  type OrderTerms,
  type Reservation,
  serializeTerms,
  type VenueOrder,
} from '@tidegate/trading-model'

/** A limit buy of 0.01 BTC at 50,000 USD unless told otherwise. */
export function sampleTerms(change: Partial<LimitTerms> & { readonly base?: string } = {}): LimitTerms {
  const { base = '0.01', ...rest } = change
  return {
    productId: 'BTC-USD',
    side: 'BUY',
    size: { kind: 'base', baseSize: new Decimal(base) },
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    limitPrice: new Decimal('50000'),
    postOnly: false,
    ...rest,
  }
}

/** SHA-256 of the serialised terms, hex. */
export function termsHashOf(terms: OrderTerms): string {
  return createHash('sha256').update(serializeTerms(terms), 'utf8').digest('hex')
}

export function sampleReservation(change: Partial<Reservation> = {}): Reservation {
  return { scope: 'balance:USD', window: 'open', amount: 500n, cap: 10_000n, unit: '0.000001 USD', ...change }
}

/** What only risk-engine may make; tests of the journal need one without it. */
export function sampleApprovedOrder(terms: OrderTerms, change: Partial<ApprovedOrder> = {}): ApprovedOrder {
  return {
    terms,
    reservations: [sampleReservation()],
    worstNotionalUsd: '505.25',
    needsApproval: false,
    reducesExposure: terms.side === 'SELL',
    priceBand: { low: '45000', high: '55000' },
    ...change,
  } as ApprovedOrder
}

export interface WishOptions {
  readonly intentId: string
  readonly clientOrderId: string
  readonly principal?: string
  readonly key?: string
  readonly terms?: OrderTerms
  readonly order?: Partial<ApprovedOrder>
  readonly releaseEpoch?: number
  readonly rates?: NewIntent['rates']
  readonly approvalExpiresAtMs?: number
  readonly bookProductId?: string
}

/** What transaction 1 takes. */
export function sampleWish(options: WishOptions): NewIntent {
  const { terms = sampleTerms(), bookProductId, approvalExpiresAtMs } = options
  return {
    ...sampleOrigin({ ...options, terms }),
    order: sampleApprovedOrder(terms, { needsApproval: approvalExpiresAtMs !== undefined, ...options.order }),
    rates: options.rates ?? [],
    releaseEpoch: options.releaseEpoch ?? 0,
    duplicateWindowMs: 60_000,
    ...(approvalExpiresAtMs === undefined ? {} : { approvalExpiresAtMs }),
    ...(bookProductId === undefined ? {} : { bookProductId }),
  }
}

/** What `recordDenial` takes. */
export function sampleDenial(options: WishOptions): DeniedIntent {
  const { terms = sampleTerms() } = options
  return {
    ...sampleOrigin({ ...options, terms }),
    terms,
    denials: [{ code: 'RISK_MAX_ORDER_VALUE', limit: '100', actual: '505.25', unit: 'USD', message: 'too much' }],
  }
}

export function sampleOrigin(options: WishOptions & { readonly terms: OrderTerms }): IntentOrigin {
  return {
    intentId: options.intentId,
    clientOrderId: options.clientOrderId,
    account: 'portfolio-1',
    principal: options.principal ?? 'local',
    ...(options.key === undefined ? {} : { key: options.key }),
    termsHash: termsHashOf(options.terms),
    decisionInput: JSON.stringify({ mid: '50000', ageMs: 12 }),
    policyVersion: 'policy-1',
  }
}

/** The venue's cumulative view of an order. */
export function sampleVenueOrder(change: Partial<VenueOrder> & { readonly orderId: string }): VenueOrder {
  return {
    clientOrderId: 'c',
    productId: 'BTC-USD',
    side: 'BUY',
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    status: 'OPEN',
    filledSize: new Decimal(0),
    filledValue: new Decimal(0),
    totalFees: new Decimal(0),
    numberOfFills: 0,
    createdAtMs: 0,
    ...change,
  }
}

export function sampleFill(change: Partial<Fill> & { readonly tradeId: string }): Fill {
  return {
    orderId: 'order-1',
    productId: 'BTC-USD',
    side: 'BUY',
    price: new Decimal('50000.01'),
    baseSize: new Decimal('0.00000001'),
    fee: new Decimal('0.000003'),
    feeCurrency: 'USD',
    liquidity: 'TAKER',
    tradedAtMs: 1_000,
    sequenceAtMs: 1_000,
    ...change,
  }
}
