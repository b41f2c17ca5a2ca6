import { type CoinbaseConnection, connectCoinbase } from '@tidegate/coinbase-client'
import { createPaperExchange, type Fault, type PaperExchange } from '@tidegate/paper-exchange'
import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'

export const PRODUCT = 'BTC-USD'
/** Orders at least this far below the market rest. */
export const BID = 50_000
const CANCEL_DELAY_MS = 25
const TRADE_EVERY_MS = 400

/** One account at a venue of its own: what a home trades on. */
export interface HomeExchange {
  readonly exchange: PaperExchange
  /** Asks for faults through the control endpoint. */
  ask(faults: readonly Fault[]): Promise<void>
  clearFaults(): Promise<void>
  /** Somebody else's order on the same account. */
  placeForeign(limitPrice: string, baseSize: string): Promise<string>
  close(): Promise<void>
}

/**
 * Starts an exchange in this process with a deep, quiet book, delays, and an account that can pay.
 *
 * @param openDelayMs - An order is pending for so long before it reaches the book, as on a busy venue.
 */
export async function openExchange(openDelayMs: number): Promise<HomeExchange> {
  const exchange = await createPaperExchange({
    prices: quietBook(),
    initialBalances: { USD: '100000', BTC: '1' },
    rateLimits: 'off',
    openDelayMs,
    cancelDelayMs: CANCEL_DELAY_MS,
    editDelayMs: CANCEL_DELAY_MS,
    controlPort: 0,
  })
  const control = async (method: string, body?: unknown): Promise<void> => {
    const response = await fetch(`${exchange.control?.url}/faults`, {
      method,
      headers: { authorization: `Bearer ${exchange.control?.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`the exchange did not take ${JSON.stringify(body)}: ${await response.text()}`)
  }
  let other: CoinbaseConnection | undefined
  let count = 0
  return {
    exchange,
    ask: (faults) => control('POST', faults),
    clearFaults: () => control('DELETE'),
    async placeForeign(limitPrice, baseSize) {
      other ??= connectCoinbase({
        key: { name: exchange.keyName, secret: exchange.privateKeyPem },
        restUrl: exchange.rest,
      })
      const clientOrderId = `by-hand-${++count}`
      await other.client.createOrder({
        clientOrderId,
        terms: {
          orderType: 'LIMIT',
          timeInForce: 'GTC',
          productId: PRODUCT,
          side: 'BUY',
          size: { kind: 'base', baseSize: new Decimal(baseSize) },
          limitPrice: new Decimal(limitPrice),
          postOnly: false,
        },
      })
      return clientOrderId
    },
    async close() {
      other?.close()
      await exchange.close()
    },
  }
}

/** Levels that nothing of ours exhausts, and a trade now and then, so that the market is never old. */
function quietBook(): PriceSource {
  return {
    name: 'quiet book of the crash matrix',
    open(sink) {
      const show = (): void => {
        const level = (side: 'bid' | 'ask', price: number) => ({
          side,
          price: new Decimal(price),
          size: new Decimal(50),
        })
        const changes = Array.from({ length: 20 }, (_, step) => [
          level('bid', BID - step),
          level('ask', BID + 1 + step),
        ]).flat()
        sink({ kind: 'levels', productId: PRODUCT, atMs: Date.now(), isSnapshot: true, changes })
        sink(tradeAt(BID + 1))
      }
      show()
      const timer = setInterval(show, TRADE_EVERY_MS).unref()
      return () => clearInterval(timer)
    },
  }
}

function tradeAt(price: number): PriceEvent {
  return {
    kind: 'trade',
    productId: PRODUCT,
    atMs: Date.now(),
    price: new Decimal(price),
    size: new Decimal('0.001'),
    aggressor: 'BUY',
  }
}
