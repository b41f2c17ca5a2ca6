import { formatDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showAge, showTime } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'

const MAX_TRANSFERS = 100

/** Deposits and withdrawals, newest first; amounts are signed, positive came in. */
export async function showTransfers(context: SurfaceContext, limit = MAX_TRANSFERS): Promise<JsonObject> {
  const transfers = await context.account.transfers(limit)
  const nowMs = context.clock.nowMs()
  return {
    count: transfers.length,
    transfers: transfers.map((transfer) => ({
      transfer_id: venueWord(transfer.transferId, 128),
      type: venueWord(transfer.type),
      status: venueWord(transfer.status),
      currency: venueWord(transfer.currency),
      amount: formatDecimal(transfer.amount),
      ...(transfer.network ? { network: untrustedText(transfer.network, 60) } : {}),
      ...(transfer.transactionHash ? { transaction_hash: venueWord(transfer.transactionHash, 130) } : {}),
      created_at: showTime(transfer.createdAtMs),
      age_ms: Math.max(0, nowMs - transfer.createdAtMs),
    })),
    env: context.desk.environment,
    ...showAge(context.clock, nowMs),
  }
}

export const transfersResource: ResourceDefinition = {
  name: 'transfers',
  title: 'Transfers',
  description: 'Deposits and withdrawals with status and blockchain transaction ids, newest first.',
  path: 'history://transfers',
  query: [],
  permissions: ['read_accounts'],
  read: (context) => showTransfers(context),
}
