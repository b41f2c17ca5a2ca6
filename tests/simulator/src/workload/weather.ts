import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { WEATHER_FAULTS } from '../faults/fault-mix.js'
import type { Fleet } from '../process/fleet.js'
import type { SimExchange } from '../venue/sim-exchange.js'

const lookEveryMs = 3_000

/** What happens now and then to whoever is there: clocks step, leases run out, processes restart, strangers trade, products close. */
export function startWeather(deps: {
  readonly world: World
  readonly faults: FaultBook
  readonly fleet: Fleet
  readonly exchange: SimExchange
  readonly placeOutside: () => void
  readonly editOutside: () => void
}): void {
  const { world, faults, fleet, exchange } = deps
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
        return deps.placeOutside()
      case 'outside_edit':
        return deps.editOutside()
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
}

const open = { tradingDisabled: false, cancelOnly: false } as const
