import {
  TRANSFER_TRANSACTION_TYPES,
  v2AccountsResponseSchema,
  v2TransactionsResponseSchema,
  type WireV2Transaction,
} from '@tidegate/coinbase-wire'
import type { Transfer } from '@tidegate/trading-model'
import { collectPages } from '../collect-pages.js'
import type { HttpClient } from '../http/http-client.js'
import { hasNextV2Page, nextV2Cursor } from '../v2/pages.js'
import { parseTransfer } from './parse-account.js'

/** Wallets read at the same time; the rate budget still rules. */
const PARALLEL_WALLETS = 8
const PAGE_SIZE = 100
const transferTypes: ReadonlySet<string> = new Set(TRANSFER_TRANSACTION_TYPES)

/**
 * Lists the latest deposits and withdrawals over all wallets, newest first. Costs one request a wallet at least, because
 * the venue keeps its ledger by wallet.
 *
 * - Wire: `GET /v2/accounts`, `GET /v2/accounts/{account_id}/transactions`
 *
 * @param limit - Most transfers to return.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function listTransfers(client: HttpClient, limit: number): Promise<readonly Transfer[]> {
  const walletIds = await listWalletIds(client)
  const rows: WireV2Transaction[] = []
  for (let start = 0; start < walletIds.length; start += PARALLEL_WALLETS) {
    const batch = walletIds.slice(start, start + PARALLEL_WALLETS)
    for (const found of await Promise.all(batch.map((id) => listWalletTransfers(client, id, limit))))
      rows.push(...found)
  }
  return rows
    .map(parseTransfer)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, limit)
}

async function listWalletIds(client: HttpClient): Promise<readonly string[]> {
  const wallets = await collectPages({
    endpoint: 'listV2Accounts',
    fetch: async (cursor) => {
      const page = await client.call('listV2Accounts', {
        schema: v2AccountsResponseSchema,
        query: { limit: PAGE_SIZE, starting_after: cursor },
      })
      return { items: page.data, cursor: nextV2Cursor(page.pagination), hasNext: hasNextV2Page(page.pagination) }
    },
    keyOf: (wallet) => wallet.id,
  })
  return wallets.map((wallet) => wallet.id)
}

async function listWalletTransfers(client: HttpClient, walletId: string, limit: number): Promise<WireV2Transaction[]> {
  let transfers = 0
  const rows = await collectPages({
    endpoint: 'listV2Transactions',
    fetch: async (cursor) => {
      const page = await client.call('listV2Transactions', {
        schema: v2TransactionsResponseSchema,
        parameters: { account_id: walletId },
        query: { limit: PAGE_SIZE, order: 'desc', starting_after: cursor },
      })
      transfers += page.data.filter((row) => transferTypes.has(row.type)).length
      const more = transfers < limit && hasNextV2Page(page.pagination)
      return { items: page.data, cursor: nextV2Cursor(page.pagination), hasNext: more }
    },
    keyOf: (row) => row.id,
  })
  return rows.filter((row) => transferTypes.has(row.type))
}
