import type { WireAccount, WireV2Transaction } from '@tidegate/coinbase-wire'
import { parseTimestamp } from '@tidegate/coinbase-wire'
import { type Balance, readDecimal, type Transfer, ZERO } from '@tidegate/trading-model'
import { requireDecimal, requireMs } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'

/** Reads a wallet. Amounts are in units of its currency. */
export function parseAccount(account: WireAccount): Balance {
  const read: Balance = {
    accountId: account.uuid,
    currency: account.currency,
    available: requireDecimal(account.available_balance.value, 'available_balance', 'listAccounts'),
    // A wallet without a `hold` object holds nothing; one whose amount cannot be read is an error.
    hold: account.hold ? requireDecimal(account.hold.value, 'hold', 'listAccounts') : ZERO,
  }
  return rememberRaw(read, account)
}

/** Reads a ledger row as a transfer. The amount keeps its sign: positive came in. */
export function parseTransfer(row: WireV2Transaction): Transfer {
  const network = row.network?.network_name ?? row.network?.name
  const hash = row.network?.hash
  return {
    transferId: row.id,
    type: row.type,
    status: row.status,
    currency: row.amount.currency,
    amount: readDecimal(row.amount.amount) ?? requireDecimal(undefined, 'amount', 'listV2Transactions'),
    createdAtMs: requireMs(parseTimestamp(row.created_at), 'created_at', 'listV2Transactions'),
    ...(network ? { network } : {}),
    ...(hash ? { transactionHash: hash } : {}),
  }
}
