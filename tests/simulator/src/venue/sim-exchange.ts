import {
  createInProcessExchange,
  DEFAULT_PRODUCTS,
  type Effect,
  type ExchangeEngine,
  type ListedProduct,
} from '@tidegate/paper-exchange/in-process'
import { Decimal, type HttpRequest, type HttpResponse, type Ids, type Log } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { VENUE_FAULTS } from '../faults/fault-mix.js'
import { hideYoung } from './list-lag.js'
import { createStubTokens, SIM_KEY } from './stub-tokens.js'

/** The server's end of one connection of the stream. */
export interface ServerEnd {
  receive(text: string): void
  /** The client's end is gone. */
  closed(): void
}

/** The paper exchange inside the simulation: its engine, routes and stream, its time that of the world. */
export interface SimExchange {
  readonly engine: ExchangeEngine
  /** Ids under which it booked another order than it was sent. */
  readonly mistaken: ReadonlySet<string>
  verbOf(request: HttpRequest): string | undefined
  answer(request: HttpRequest): HttpResponse
  connect(onFrame: (text: string) => void, onClose: (code: number, reason: string) => void): ServerEnd
}

export interface SimExchangeOptions {
  readonly world: World
  readonly faults: FaultBook
  readonly ids: Ids
  readonly log: Log
  readonly privatePerSecond: number | undefined
  readonly balances: Readonly<Record<string, string>>
  readonly onEffects: (effects: readonly Effect[]) => void
}

/** What is traded: a book with an alias, and a second book. */
export const SIM_PRODUCTS: readonly ListedProduct[] = DEFAULT_PRODUCTS.filter((product) =>
  ['BTC-USD', 'BTC-USDC', 'ETH-USD'].includes(product.productId),
)

const advanceEveryMs = 200

/** @returns A running exchange without a market; the market driver shows one. */
export function createSimExchange(options: SimExchangeOptions): SimExchange {
  const { world, faults, ids, log } = options
  const { listLagMs, venueDelayMs } = faults.mix
  const clock = { nowMs: () => world.nowMs() }
  const exchange = createInProcessExchange({
    clock,
    timers: {
      after: (ms, run) => world.schedule(ms, 'exchange', run),
      every: (ms, run) => world.every(ms, 'exchange', run),
      sleep: (ms) => new Promise((resolve) => world.schedule(ms, 'exchange', resolve)),
    },
    ids,
    log,
    products: SIM_PRODUCTS,
    keyName: SIM_KEY.name,
    tokens: createStubTokens(clock),
    openDelayMs: venueDelayMs,
    cancelDelayMs: Math.floor(venueDelayMs / 2),
    editDelayMs: Math.floor(venueDelayMs / 2),
    ...(options.privatePerSecond === undefined ? {} : { privatePerSecond: options.privatePerSecond }),
    onEffects: options.onEffects,
  })
  for (const [currency, amount] of Object.entries(options.balances)) {
    exchange.engine.deposit(currency, new Decimal(amount))
  }
  world.every(advanceEveryMs, 'exchange', () => {
    if (exchange.engine.state.live.size > 0) exchange.engine.advance()
  })
  const split = (request: HttpRequest) => {
    const url = request.url.slice(request.url.indexOf('/', 8))
    const [path = '/', search = ''] = url.split('?', 2)
    return { path, search }
  }

  const mistaken = new Set<string>()

  /** The body of an order, or of another one under the same id. */
  function asBooked(body: string): string {
    if (faults.draw(VENUE_FAULTS) === undefined) return body
    const wire = JSON.parse(body) as { client_order_id: string; order_configuration: Record<string, object> }
    if ([...exchange.engine.state.orders.values()].some((order) => order.clientOrderId === wire.client_order_id))
      return body
    mistaken.add(wire.client_order_id)
    return JSON.stringify({ ...wire, order_configuration: halved(wire.order_configuration) })
  }

  return {
    engine: exchange.engine,
    mistaken,
    verbOf: (request) => exchange.verbOf(request.method, split(request).path),
    answer(request) {
      exchange.engine.advance()
      const { path, search } = split(request)
      const answer = exchange.answer({
        method: request.method,
        path,
        search,
        authorization: request.headers['authorization'],
        from: '127.0.0.1',
        text:
          exchange.verbOf(request.method, path) === 'create-order'
            ? asBooked(request.body ?? '')
            : (request.body ?? ''),
      })
      const shown =
        faults.mix.isOn && listLagMs > 0 ? hideYoung(answer.body, path, world.nowMs() - listLagMs) : answer.body
      if (shown !== answer.body) faults.note('list_lag')
      return {
        status: answer.status,
        headers: { ...answer.headers },
        body: typeof shown === 'string' ? shown : JSON.stringify(shown),
      }
    },
    connect(onFrame, onClose) {
      const listeners = { message: [] as ((data: unknown) => void)[], close: [] as (() => void)[] }
      const socket = {
        OPEN: 1,
        readyState: 1,
        bufferedAmount: 0,
        send: onFrame,
        close: (code = 1005, reason = '') => {
          if (socket.readyState !== 1) return
          socket.readyState = 3
          for (const listener of listeners.close) listener()
          onClose(code, reason)
        },
        terminate: () => socket.close(1006),
        on(event: 'message' | 'error' | 'close', listener: never) {
          if (event !== 'error') listeners[event].push(listener)
        },
      }
      exchange.connect(socket)
      return {
        receive(text) {
          if (socket.readyState === 1) for (const listener of listeners.message) listener(text)
        },
        closed() {
          if (socket.readyState !== 1) return
          socket.readyState = 3
          for (const listener of listeners.close) listener()
        },
      }
    },
  }
}

/** Half of what was asked for: never more than is reserved. */
function halved(configuration: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(configuration).map(([kind, fields]) => [
      kind,
      Object.fromEntries(
        Object.entries(fields).map(([field, value]: [string, unknown]) =>
          field === 'base_size' || field === 'quote_size'
            ? [
                field,
                new Decimal(String(value))
                  .div(2)
                  .toDecimalPlaces(field === 'base_size' ? 8 : 2)
                  .toFixed(),
              ]
            : [field, value],
        ),
      ),
    ]),
  )
}
