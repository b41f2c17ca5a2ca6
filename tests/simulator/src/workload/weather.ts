import { Decimal } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { WEATHER_FAULTS } from '../faults/fault-mix.js'
import type { Fleet } from '../process/fleet.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'

const lookEveryMs = 3_000

/** What happens now and then to whoever is there: clocks step, leases run out, processes restart, strangers trade, products close. */
export function startWeather(deps: {
  readonly world: World
  readonly faults: FaultBook
  readonly fleet: Fleet
  readonly exchange: SimExchange
  readonly market: MarketDriver
  /** Ids of orders placed outside Tidegate. */
  readonly outside: Set<string>
}): void {
  const { world, faults, fleet, exchange, market, outside } = deps
  const { prng } = faults
  const closed = new Set<string>()
  world.every(lookEveryMs, 'weather', () => {
    if (!faults.mix.isOn) {
      for (const productId of closed) exchange.engine.changeProduct(productId, open)
      closed.clear()
      return
    }
    const slot = prng.below(fleet.size)
    switch (faults.draw(WEATHER_FAULTS)) {
      case 'clock_step':
        return fleet.stepClock(slot, prng.pick([-1, 1]) * prng.pick([0, 300, 1_500, 6_000, 30_000, 600_000]))
      case 'lease_lost':
        return fleet.loseLease(slot)
      case 'restart':
        return fleet.restart(slot)
      case 'outside_order':
        return trade()
      case 'product_flip': {
        const productId = prng.pick(['BTC-USD', 'BTC-USDC', 'ETH-USD'])
        closed.add(productId)
        return exchange.engine.changeProduct(
          productId,
          prng.pick([{ tradingDisabled: true }, { cancelOnly: true }, open]),
        )
      }
      case undefined:
        return undefined
    }
  })

  /** Another bot on the same account. */
  function trade(): void {
    const clientOrderId = `stranger-${outside.size}`
    outside.add(clientOrderId)
    const limitPrice = market
      .mid('BTC-USD')
      .mul(prng.pick([0.98, 1.02]))
      .toDecimalPlaces(2)
    exchange.engine.place(clientOrderId, {
      productId: 'BTC-USD',
      side: prng.pick(['BUY', 'SELL']),
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      size: { kind: 'base', baseSize: new Decimal('0.0005') },
      limitPrice,
      postOnly: false,
    })
  }
}

const open = { tradingDisabled: false, cancelOnly: false } as const
