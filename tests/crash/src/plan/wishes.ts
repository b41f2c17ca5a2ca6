import { Decimal, serializeTerms } from '@tidegate/trading-model'
import { BID, PRODUCT } from '../exchange.js'
import type { EditWish, Wish } from '../protocol.js'
import type { Dice } from './random.js'

/** What an order does when it gets there. `wide` is one that the limits may not have room for. */
export type WishKind = 'rests' | 'crosses' | 'market' | 'sells' | 'wide'

/** Makes wishes of one home, each with terms that no other has, so that orders can be told apart without any id. */
export interface WishMaker {
  make(kind: WishKind): Wish
  /** A change of an order to a price that no other wish has; one in four by cancelling and placing anew. */
  change(orderId: string): EditWish
}

/** @param dice - Decides whether the caller brings a key of its own. */
export function createWishMaker(dice: Dice): WishMaker {
  let count = 0
  return {
    make(kind) {
      count++
      const key = dice.int(10) < 7 ? { key: `wish-${count}` } : {}
      return { principal: 'local', ...key, terms: serializeTerms(termsOf(kind, count)) }
    },
    change(id) {
      count++
      return {
        principal: 'local',
        ...(dice.int(10) < 7 ? { key: `change-${count}` } : {}),
        id,
        limitPrice: new Decimal(BID - 1_000).minus(new Decimal(count).mul('0.01')).toFixed(),
        size: new Decimal('0.0005').plus(new Decimal(count).mul('0.000001')).toFixed(),
        how: dice.oneIn(4) ? 'replace' : 'edit',
      }
    },
  }
}

function termsOf(kind: WishKind, count: number): Parameters<typeof serializeTerms>[0] {
  const common = { productId: PRODUCT }
  const cent = new Decimal(count).mul('0.01')
  switch (kind) {
    case 'market':
      return {
        ...common,
        orderType: 'MARKET',
        timeInForce: 'IOC',
        side: 'BUY',
        size: { kind: 'quote', quoteSize: new Decimal(20).plus(cent) },
      }
    case 'sells':
      return {
        ...common,
        orderType: 'MARKET',
        timeInForce: 'IOC',
        side: 'SELL',
        size: { kind: 'base', baseSize: new Decimal('0.0004').plus(new Decimal(count).mul('0.0000001')) },
      }
    case 'rests':
    case 'wide':
    case 'crosses':
      return {
        ...common,
        orderType: 'LIMIT',
        timeInForce: 'GTC',
        side: 'BUY',
        postOnly: false,
        size: { kind: 'base', baseSize: new Decimal(kind === 'wide' ? '0.05' : '0.0006') },
        limitPrice: new Decimal(kind === 'crosses' ? BID + 10 : BID - 1_500).minus(cent),
      }
  }
}
