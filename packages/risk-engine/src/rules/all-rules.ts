import { accountData } from './account-data.js'
import { dailyLoss } from './daily-loss.js'
import { funds } from './funds.js'
import { liquidity } from './liquidity.js'
import { marketData } from './market-data.js'
import { maxOrderSize } from './max-order-size.js'
import { maxOrderValue } from './max-order-value.js'
import { mode } from './mode.js'
import { orderPrice } from './order-price.js'
import { orderRate } from './order-rate.js'
import { orderSize } from './order-size.js'
import { positionShare } from './position-share.js'
import { priceCollar } from './price-collar.js'
import { productList } from './product-list.js'
import { productStatus } from './product-status.js'
import type { Rule } from './rule.js'

/** Every rule, in the order its reasons are shown: what no change of the order can mend first, then what a smaller order mends. */
export const allRules: readonly Rule[] = [
  mode,
  productStatus,
  productList,
  marketData,
  accountData,
  orderSize,
  orderPrice,
  priceCollar,
  liquidity,
  funds,
  maxOrderValue,
  maxOrderSize,
  positionShare,
  orderRate,
  dailyLoss,
]
