import { CAPTURED_FEE_TIERS, DEFAULT_PRODUCTS } from '@tidegate/paper-exchange'
import { ExchangeEngine, ExchangeState } from '@tidegate/paper-exchange/in-process'
import { Decimal, type LimitTerms, type Side } from '@tidegate/trading-model'
import type { Contender } from '../contender.js'
import { randomFrom } from '../random.js'
import { stopwatch } from '../stopwatch.js'

const productId = 'BTC-USD'
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** 50 % orders that rest, 40 % cancels, 10 % trades of the market that reach what rests; the mixture of the matching axis. */
export const exchangeEngine: Contender = {
  name: 'paper exchange, engine',
  prepare: (scale) => {
    const [resting, commands] = scale === 'tiny' ? [20, 100] : [500, 5_000]
    return () => {
      const random = randomFrom(42)
      let events = 0
      let count = 0
      const engine = new ExchangeEngine({
        state: new ExchangeState(),
        products: DEFAULT_PRODUCTS,
        clock: { nowMs: () => 1_767_225_600_000 + count },
        ids: { uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}` },
        log: quiet,
        feeTiers: CAPTURED_FEE_TIERS,
        commit: () => {},
        publish: () => {
          events++
        },
      })
      engine.deposit('USD', new Decimal('1e12'))
      engine.deposit('BTC', new Decimal('1e6'))
      const levels = Array.from({ length: 100 }, (_, index) => index + 1).flatMap((distance) => [
        { side: 'bid' as const, price: new Decimal(9_000 - distance).div(100), size: new Decimal('0.1') },
        { side: 'ask' as const, price: new Decimal(11_000 + distance).div(100), size: new Decimal('0.1') },
      ])
      engine.onPrice({ kind: 'levels', productId, atMs: 0, isSnapshot: true, changes: levels })
      const open: string[] = []
      const place = () => {
        const side: Side = random() < 0.5 ? 'BUY' : 'SELL'
        const ticks = 10_000 + (side === 'BUY' ? -1 : 1) * (1 + Math.floor(random() * 700))
        const result = engine.place(`c${count}`, limit(side, 1 + Math.floor(random() * 100), ticks))
        if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`)
        open.push(result.order.orderId)
      }
      for (let made = 0; made < resting; made++) place()
      const stop = stopwatch()
      for (let done = 0; done < commands; done++) {
        const dice = random()
        if (dice < 0.5) place()
        else if (dice < 0.9) {
          const at = Math.floor(random() * open.length)
          const orderId = open[at]
          open[at] = open.at(-1) ?? ''
          open.pop()
          if (orderId) engine.cancel(orderId)
        } else {
          const aggressor: Side = random() < 0.5 ? 'BUY' : 'SELL'
          const price = new Decimal(10_000 + (aggressor === 'BUY' ? 700 : -700)).div(100)
          const size = new Decimal(1 + Math.floor(random() * 100)).div(10)
          engine.onPrice({ kind: 'trade', productId, atMs: count, price, size, aggressor })
        }
      }
      const used = stop()
      if (events === 0) throw new Error('the engine told nothing')
      const { live, fills } = engine.state
      return { operations: commands, ...used, outcome: { openOrders: live.size, fills: fills.length } }
    }
  },
}

function limit(side: Side, tenths: number, ticks: number): LimitTerms {
  return {
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    postOnly: false,
    productId,
    side,
    size: { kind: 'base', baseSize: new Decimal(tenths).div(10) },
    limitPrice: new Decimal(ticks).div(100),
  }
}
