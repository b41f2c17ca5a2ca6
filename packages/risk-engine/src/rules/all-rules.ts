import { accountData } from './account-data.js'
import { dailyLoss } from './daily-loss.js'
import { dailyValue } from './daily-value.js'
import { duplicateOrder } from './duplicate-order.js'
import { funds } from './funds.js'
import { liquidity } from './liquidity.js'
import { marketData } from './market-data.js'
import { maxDrawdown } from './max-drawdown.js'
import { maxOrderSize } from './max-order-size.js'
import { maxOrderValue } from './max-order-value.js'
import { mode } from './mode.js'
import { openOrders } from './open-orders.js'
import { openValue } from './open-value.js'
import { orderPrice } from './order-price.js'
import { orderRate } from './order-rate.js'
import { orderSize } from './order-size.js'
import { positionShare } from './position-share.js'
import { priceCollar } from './price-collar.js'
import { priceJump } from './price-jump.js'
import { productList } from './product-list.js'
import { productStatus } from './product-status.js'
import { repeatedEntry } from './repeated-entry.js'
import type { Rule } from './rule.js'
import { selfMatch } from './self-match.js'

/** Every rule, in the order its reasons are shown: what no change of the order can mend first, then what a smaller order mends. */
export const allRules: readonly Rule[] = [
  mode,
  productStatus,
  productList,
  marketData,
  priceJump,
  accountData,
  orderSize,
  orderPrice,
  priceCollar,
  liquidity,
  selfMatch,
  funds,
  maxOrderValue,
  maxOrderSize,
  positionShare,
  openOrders,
  openValue,
  dailyValue,
  orderRate,
  duplicateOrder,
  repeatedEntry,
  dailyLoss,
  maxDrawdown,
]
