import type { Product } from '@tidegate/trading-model'
import type { ExchangeClock } from '../clock/exchange-clock.js'
import type { ExchangeKey } from '../keys/exchange-key.js'
import type { ProductState, StateFault } from './fault.js'
import type { StateFaults } from './fault-plan.js'

const flags = {
  is_disabled: 'isDisabled',
  trading_disabled: 'tradingDisabled',
  cancel_only: 'cancelOnly',
  limit_only: 'limitOnly',
  post_only: 'postOnly',
  auction_mode: 'auctionMode',
  view_only: 'viewOnly',
} as const satisfies Record<Exclude<ProductState, 'normal'>, keyof Product>

/** Does what faults of the exchange's state say, and undoes it. */
export function createStateFaults(exchange: {
  readonly clock: ExchangeClock
  readonly keys: Map<string, ExchangeKey>
  readonly product: (productId: string) => Product | undefined
  readonly changeProduct: (productId: string, change: Partial<Product>) => void
}): StateFaults {
  const before = { keys: new Map<string, ExchangeKey>(), products: new Map<string, Product>() }

  const setProduct = (productId: string, state: ProductState): void => {
    const product = exchange.product(productId)
    if (!product) return
    if (!before.products.has(productId)) before.products.set(productId, product)
    const change = Object.fromEntries(Object.entries(flags).map(([word, flag]) => [flag, word === state]))
    exchange.changeProduct(productId, change as Partial<Product>)
  }
  const lose = (permission: 'view' | 'trade' | 'transfer', keyName: string | undefined): void => {
    for (const [name, key] of exchange.keys) {
      if (keyName !== undefined && keyName !== name) continue
      if (!before.keys.has(name)) before.keys.set(name, key)
      const flag = ({ view: 'canView', trade: 'canTrade', transfer: 'canTransfer' } as const)[permission]
      exchange.keys.set(name, { ...key, [flag]: false })
    }
  }

  return {
    apply(fault: StateFault) {
      if (fault.kind === 'product-state') setProduct(fault.productId, fault.state)
      else if (fault.kind === 'key-permission') lose(fault.permission, fault.keyName)
      else exchange.clock.skew(fault.skewMs)
    },
    undo() {
      exchange.clock.skew(0)
      for (const [name, key] of before.keys) exchange.keys.set(name, key)
      for (const [productId, product] of before.products) exchange.changeProduct(productId, product)
      before.keys.clear()
      before.products.clear()
    },
  }
}
