import type { Ids, Random } from '@tidegate/trading-model'
import type { ClockPace } from './clock/exchange-clock.js'
import { createPaperExchange, type PaperExchange } from './create-paper-exchange.js'
import { uuidFrom } from './keys/identity.js'
import { listProducts } from './list-products.js'
import type { PaperExchangeOptions } from './paper-exchange-options.js'
import { mix, mixText } from './prices/seeded-noise.js'
import type { ListedProduct } from './products.js'

/** Where a stepped clock begins unless told otherwise: the same moment in every run. */
const steppedStartMs = Date.UTC(2026, 0, 5, 12)

/** Everything else that {@link createPaperExchange} takes may be given too. */
export interface StartPaperExchangeOptions
  extends Omit<PaperExchangeOptions, 'seed' | 'products' | 'initialBalances' | 'pace' | 'clock'> {
  /** Of market, key and every id: with a stepped clock the whole run follows from it. */
  readonly seed: number
  /** Ids of listed products, or products of your own. Default: all that are listed. */
  readonly products?: readonly string[] | readonly ListedProduct[]
  /** Decimal text per currency. Default 10000 USD and 10000 USDC. */
  readonly balances?: Readonly<Record<string, string>>
  /** Default `stepped`: nothing moves until `clock.advance(ms)`. `accelerated` runs sixty times as fast. */
  readonly clock?: 'real' | 'accelerated' | 'stepped' | ClockPace
}

/** An exchange for a test. */
export interface StartedPaperExchange extends PaperExchange {
  readonly urls: { readonly rest: string; readonly ws: string }
  /** A CDP key that may view and trade. */
  readonly key: { readonly name: string; readonly privateKeyPem: string }
}

/**
 * Starts an exchange for a test: in memory, on a free port of 127.0.0.1, without rate limits, everything drawn from the seed. With the
 * stepped clock (the default) the same seed and the same requests give the same fills, bit for bit.
 *
 * @throws {InputError} `ERR_INPUT_INVALID` for a product that is not listed.
 *
 * @example
 * const exchange = await startPaperExchange({ seed: 7, balances: { USD: '1000' } })
 * exchange.clock.advance(60_000) // a minute of market
 * await exchange.close()
 */
export async function startPaperExchange(options: StartPaperExchangeOptions): Promise<StartedPaperExchange> {
  const { seed, products, balances, clock = 'stepped', ...more } = options
  const exchange = await createPaperExchange({
    rateLimits: 'off',
    ids: seededIds(seed),
    random: seededRandom(seed),
    ...more,
    seed,
    pace: paceOf(clock),
    ...(products === undefined ? {} : { products: listProducts(products) }),
    ...(balances === undefined ? {} : { initialBalances: balances }),
  })
  return {
    ...exchange,
    urls: { rest: exchange.rest, ws: exchange.ws },
    key: { name: exchange.keyName, privateKeyPem: exchange.privateKeyPem },
  }
}

function paceOf(pace: NonNullable<StartPaperExchangeOptions['clock']>): ClockPace {
  if (typeof pace !== 'string') return pace
  if (pace === 'stepped') return { kind: pace, startMs: steppedStartMs }
  return pace === 'accelerated' ? { kind: 'accelerated', speed: 60 } : { kind: pace }
}

function seededIds(seed: number): Ids {
  let count = 0
  // Version 4 in form only: a test's ids are to be the same tomorrow.
  return { uuid: () => uuidFrom(`seed ${seed}`, String(++count)).replace(/^(.{14})8/, '$14') }
}

function seededRandom(seed: number): Random {
  let count = 0
  return {
    bytes: (length) => Uint8Array.from({ length }, () => mix(mixText(seed >>> 0, 'random'), 9, ++count) & 0xff),
  }
}
