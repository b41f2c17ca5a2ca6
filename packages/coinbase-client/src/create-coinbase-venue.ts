import {
  type AccountReader,
  type EditAck,
  type EditTicketFields,
  InvariantError,
  type KeyPermissions,
  type MarketSource,
  type Signer,
  SubmitTicket,
  type Venue,
  type VenueAck,
  VenueAuthError,
  VenueNotSentError,
} from '@tidegate/trading-model'
import { type CoinbaseClientOptions, createCoinbaseClient } from './create-coinbase-client.js'
import type { OrderEdit } from './orders/edit-order.js'

/** The three ports of the model that Coinbase's REST interface fills, and the measurement they lean on. */
export interface CoinbaseVenue extends Venue, AccountReader, MarketSource {
  /** Measures the venue's clock; call it at start and now and then. Never throws; see `clockSkewMs()`. */
  measureClock(): Promise<void>
  /** Puts another key in force without a pause; see {@link CoinbaseClient.swapKey}. */
  swapKey(next: Signer): Promise<KeyPermissions>
}

/**
 * Makes Coinbase the venue of a desk.
 *
 * - `submit` and `edit` redeem the ticket when the rate budget has let it through, with venue time, and send it once.
 * - In `sandbox`, what the static sandbox does not serve throws `ERR_VENUE_UNAVAILABLE` and names paper.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when `restUrl` is not https outside this machine.
 */
export function createCoinbaseVenue(options: CoinbaseClientOptions): CoinbaseVenue {
  const client = createCoinbaseClient(options)
  const { venueClock } = client
  const { clock } = options
  const isSandbox = options.environment === 'sandbox'

  /** Orders and edits need a key, and the venue's time to know whether they are still in time. */
  async function beReady(endpoint: 'createOrder' | 'editOrder'): Promise<void> {
    if (!options.signer && !options.tokens && !isSandbox) {
      throw new VenueAuthError('Orders need an API key and none is configured', {
        endpoint,
        hint: 'set the key, or use paper',
      })
    }
    // The static sandbox has no clock to ask; everywhere else the deadline is in venue time and must be known.
    if (!isSandbox && venueClock.skewMs() === undefined) await client.measureClock()
    if (!isSandbox && venueClock.skewMs() === undefined) {
      throw new VenueNotSentError("The venue's time is not known, so no order is signed", { endpoint })
    }
  }

  async function submit(ticket: SubmitTicket): Promise<VenueAck> {
    await beReady('createOrder')
    return client.createOrder(() => {
      const fields = SubmitTicket.redeem(ticket, venueClock.nowMs())
      if (fields === 'expired') throw tooLate('createOrder', ticket)
      return fields
    })
  }

  async function edit(ticket: SubmitTicket): Promise<EditAck> {
    await beReady('editOrder')
    const { orderId } = await client.editOrder(() => {
      const fields = SubmitTicket.redeemEdit(ticket, venueClock.nowMs())
      if (fields === 'expired') throw tooLate('editOrder', ticket)
      return toOrderEdit(fields)
    })
    return { orderId, receivedAtMs: clock.nowMs() }
  }

  return {
    environment: options.environment,
    submit,
    edit,
    cancel: (orderIds) => client.cancelOrders(orderIds),
    getOrder: (orderId) => client.getOrder(orderId),
    listOrders: (query) => client.listOrders(query),
    listFills: (query) => client.listFills(query),
    balances: () => client.listAccounts(),
    feeRates: () => client.getTransactionSummary(),
    keyPermissions: () => client.getKeyPermissions(),
    transfers: (limit) => client.listTransfers(limit),
    clockSkewMs: () => venueClock.skewMs(),
    products: () => client.listProducts(),
    product: (productId) => client.getProduct(productId),
    book: (productId, depth) => client.getProductBook(productId, depth),
    trades: (productId, limit) => client.getMarketTrades(productId, limit),
    candles: (productId, granularity, startMs, endMs) => client.getCandles(productId, granularity, startMs, endMs),
    measureClock: () => client.measureClock(),
    swapKey: (next) => client.swapKey(next),
  }
}

function tooLate(endpoint: 'createOrder' | 'editOrder', ticket: SubmitTicket): VenueNotSentError {
  return new VenueNotSentError('The time to send this order has passed', {
    endpoint,
    context: { intentId: ticket.intentId },
  })
}

/** Price and size, both: what is left out would be read as 0. */
function toOrderEdit({ targetOrderId, terms, intentId }: EditTicketFields): OrderEdit {
  if (terms.orderType !== 'LIMIT' || terms.timeInForce !== 'GTC' || terms.size.kind !== 'base') {
    throw new InvariantError(`Edit ${intentId} is of an order that Coinbase cannot edit`, {
      hint: 'replace it: cancel, then place a new one',
    })
  }
  return { orderId: targetOrderId, price: terms.limitPrice, size: terms.size.baseSize }
}
