import { portfolioOf, type Route } from '../route.js'
import { v2NotFound, v2Refusal } from '../wire-fault.js'
import { findWallet } from './v2.js'
import { paged } from './v2-page.js'

const account = '/v2/accounts/{account_id}'

function empty(kind: string): Route {
  return {
    method: 'GET',
    path: `${account}/${kind}`,
    verb: `v2-list-${kind.split('/').at(-1)}`,
    access: 'view',
    handle({ parameters, query, key }, context) {
      findWallet(parameters['account_id'], context, portfolioOf(key))
      return paged<{ id: string }>([], query, `/v2/accounts/${parameters['account_id']}/${kind}`)
    },
  }
}

function missing(path: string, verb: string): Route {
  return {
    method: 'GET',
    path: `${account}/${path}`,
    verb,
    access: 'view',
    handle: () => {
      throw v2NotFound()
    },
  }
}

function refused(path: string, verb: string): Route {
  return {
    method: 'POST',
    path: `${account}/${path}`,
    verb,
    access: 'transfer',
    handle({ parameters, key }, context) {
      findWallet(parameters['account_id'], context, portfolioOf(key))
      throw v2Refusal('invalid_request', 'Money cannot leave or reach this exchange')
    },
  }
}

/** Deposits, withdrawals, addresses: there are none, and none can be made. What was deposited at the start is in the ledger. */
export const v2TransferRoutes: readonly Route[] = [
  ...(['deposit', 'withdrawal'] as const).flatMap((kind) => [
    empty(`${kind}s`),
    missing(`${kind}s/{transfer_id}`, `v2-get-${kind}`),
    refused(`${kind}s`, `v2-create-${kind}`),
    refused(`${kind}s/{transfer_id}/commit`, `v2-commit-${kind}`),
  ]),
  empty('addresses'),
  missing('addresses/{address_id}', 'v2-get-address'),
  missing('addresses/{address_id}/transactions', 'v2-list-address-transactions'),
  refused('addresses', 'v2-create-address'),
  refused('transactions', 'v2-send-money'),
]
