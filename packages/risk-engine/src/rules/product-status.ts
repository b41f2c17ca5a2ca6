import type { Denial, OrderTerms, Product } from '@tidegate/trading-model'
import { deny, pass, type Rule } from './rule.js'

const name = 'product-status'

/** The product exists and takes this kind of order now. */
export const productStatus: Rule = ({ snapshot, terms }) => {
  const { product } = snapshot
  if (!product) {
    return deny(name, {
      code: 'PRODUCT_NOT_FOUND',
      limit: 'a product of the venue',
      actual: terms.productId,
      unit: 'state',
      message: `The venue lists no product ${terms.productId}.`,
      cure: 'list the products and use one of their ids',
    })
  }
  const [first, ...rest] = obstacles(product, terms).map((obstacle) => refusal(product, obstacle))
  return first ? deny(name, first, ...rest) : pass(name, { limit: 'tradable', actual: 'tradable', unit: 'state' })
}

interface Obstacle {
  readonly state: string
  readonly sentence: string
  readonly cure?: string
}

function obstacles(product: Product, terms: OrderTerms): readonly Obstacle[] {
  const found: Obstacle[] = []
  const status = product.status.toLowerCase()
  // Futures come with an empty status.
  if (status !== 'online' && status !== '') found.push({ state: status, sentence: `is ${status}` })
  if (product.isDisabled) found.push({ state: 'is_disabled', sentence: 'is disabled' })
  if (product.tradingDisabled) found.push({ state: 'trading_disabled', sentence: 'takes no new orders now' })
  if (product.cancelOnly) found.push({ state: 'cancel_only', sentence: 'takes only cancels now' })
  if (product.viewOnly) found.push({ state: 'view_only', sentence: 'may be looked at but not traded by this account' })
  if (product.auctionMode) found.push({ state: 'auction_mode', sentence: 'is in an auction and matches nothing now' })
  if (product.limitOnly && terms.orderType === 'MARKET') {
    found.push({ state: 'limit_only', sentence: 'takes no market orders now', cure: 'send a LIMIT order' })
  }
  if (product.postOnly && !(terms.orderType === 'LIMIT' && terms.postOnly)) {
    found.push({
      state: 'post_only',
      sentence: 'takes only post-only orders now',
      cure: 'send a LIMIT order with post_only true',
    })
  }
  return found
}

function refusal(product: Product, obstacle: Obstacle): Denial {
  return {
    code: 'PRODUCT_NOT_TRADABLE',
    limit: 'tradable',
    actual: obstacle.state,
    unit: 'state',
    message: `${product.productId} ${obstacle.sentence}.`,
    ...(obstacle.cure ? { cure: obstacle.cure } : {}),
  }
}
