import { iterateAccounts } from './accounts/iterate-accounts.js'
import { commitConvertTrade } from './convert/commit-convert-trade.js'
import { createConvertQuote } from './convert/create-convert-quote.js'
import { getConvertTrade } from './convert/get-convert-trade.js'
import { cancelFuturesSweep } from './futures/cancel-futures-sweep.js'
import { getCurrentMarginWindow } from './futures/get-current-margin-window.js'
import { getFuturesBalanceSummary } from './futures/get-futures-balance-summary.js'
import { getFuturesPosition } from './futures/get-futures-position.js'
import { getIntradayMarginSetting } from './futures/get-intraday-margin-setting.js'
import { listFuturesPositions } from './futures/list-futures-positions.js'
import { listFuturesSweeps } from './futures/list-futures-sweeps.js'
import { scheduleFuturesSweep } from './futures/schedule-futures-sweep.js'
import { setIntradayMarginSetting } from './futures/set-intraday-margin-setting.js'
import type { HttpClient } from './http/http-client.js'
import { editOrder } from './orders/edit-order.js'
import { iterateFills } from './orders/iterate-fills.js'
import { iterateOrders } from './orders/iterate-orders.js'
import { previewEdit } from './orders/preview-edit.js'
import { getPaymentMethod } from './payments/get-payment-method.js'
import { listPaymentMethods } from './payments/list-payment-methods.js'
import { allocatePortfolio } from './perpetuals/allocate-portfolio.js'
import { getPerpetualPortfolio } from './perpetuals/get-perpetual-portfolio.js'
import { getPerpetualPosition } from './perpetuals/get-perpetual-position.js'
import { listPerpetualBalances } from './perpetuals/list-perpetual-balances.js'
import { listPerpetualPositions } from './perpetuals/list-perpetual-positions.js'
import { setMultiAssetCollateral } from './perpetuals/set-multi-asset-collateral.js'
import { createPortfolio } from './portfolios/create-portfolio.js'
import { deletePortfolio } from './portfolios/delete-portfolio.js'
import { getPortfolio } from './portfolios/get-portfolio.js'
import { listPortfolios } from './portfolios/list-portfolios.js'
import { moveFunds } from './portfolios/move-funds.js'
import { renamePortfolio } from './portfolios/rename-portfolio.js'
import { commitV2Deposit } from './v2/commit-v2-deposit.js'
import { commitV2Withdrawal } from './v2/commit-v2-withdrawal.js'
import { createV2Address } from './v2/create-v2-address.js'
import { createV2Deposit } from './v2/create-v2-deposit.js'
import { createV2Withdrawal } from './v2/create-v2-withdrawal.js'
import { getV2Account } from './v2/get-v2-account.js'
import { getV2Address } from './v2/get-v2-address.js'
import { getV2Deposit } from './v2/get-v2-deposit.js'
import { getV2ExchangeRates } from './v2/get-v2-exchange-rates.js'
import { getV2Price } from './v2/get-v2-price.js'
import { getV2Time } from './v2/get-v2-time.js'
import { getV2Transaction } from './v2/get-v2-transaction.js'
import { getV2Withdrawal } from './v2/get-v2-withdrawal.js'
import { iterateV2Accounts, listV2Accounts } from './v2/list-v2-accounts.js'
import { iterateV2AddressTransactions, listV2AddressTransactions } from './v2/list-v2-address-transactions.js'
import { iterateV2Addresses, listV2Addresses } from './v2/list-v2-addresses.js'
import { listV2CryptoCurrencies } from './v2/list-v2-crypto-currencies.js'
import { listV2Currencies } from './v2/list-v2-currencies.js'
import { iterateV2Deposits, listV2Deposits } from './v2/list-v2-deposits.js'
import { iterateV2Transactions, listV2Transactions } from './v2/list-v2-transactions.js'
import { iterateV2Withdrawals, listV2Withdrawals } from './v2/list-v2-withdrawals.js'
import { sendV2Money } from './v2/send-v2-money.js'

const verbs = {
  createPortfolio,
  deletePortfolio,
  getPortfolio,
  listPortfolios,
  moveFunds,
  renamePortfolio,
  commitConvertTrade,
  createConvertQuote,
  getConvertTrade,
  cancelFuturesSweep,
  getCurrentMarginWindow,
  getFuturesBalanceSummary,
  getFuturesPosition,
  getIntradayMarginSetting,
  listFuturesPositions,
  listFuturesSweeps,
  scheduleFuturesSweep,
  setIntradayMarginSetting,
  allocatePortfolio,
  getPerpetualPortfolio,
  getPerpetualPosition,
  listPerpetualBalances,
  listPerpetualPositions,
  setMultiAssetCollateral,
  getPaymentMethod,
  listPaymentMethods,
  commitV2Deposit,
  commitV2Withdrawal,
  createV2Address,
  createV2Deposit,
  createV2Withdrawal,
  getV2Account,
  getV2Address,
  getV2Deposit,
  getV2ExchangeRates,
  getV2Price,
  getV2Time,
  getV2Transaction,
  getV2Withdrawal,
  listV2Accounts,
  iterateV2Accounts,
  listV2AddressTransactions,
  iterateV2AddressTransactions,
  listV2Addresses,
  iterateV2Addresses,
  listV2CryptoCurrencies,
  listV2Currencies,
  listV2Deposits,
  iterateV2Deposits,
  listV2Transactions,
  iterateV2Transactions,
  listV2Withdrawals,
  iterateV2Withdrawals,
  sendV2Money,
  editOrder,
  previewEdit,
  iterateOrders,
  iterateFills,
  iterateAccounts,
}

type Verb = (client: HttpClient, ...rest: never[]) => unknown
type Bound<V> = V extends (client: HttpClient, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never

/** The verbs that need nothing but the HTTP client, each as it is documented in its own file. */
export type RestVerbs = { readonly [Name in keyof typeof verbs]: Bound<(typeof verbs)[Name]> }

/** Ties the verbs to a client. */
export function bindVerbs(client: HttpClient): RestVerbs {
  const bound = Object.entries(verbs).map(([name, verb]) => [
    name,
    (...rest: never[]) => (verb as unknown as Verb)(client, ...rest),
  ])
  return Object.fromEntries(bound) as RestVerbs
}
