import { formatDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showAge } from '../shared/show-values.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { watchAccount } from './watch-account.js'

/** Wallets with what is free, what is held by open orders, and the sum. */
export async function showBalances(context: SurfaceContext): Promise<JsonObject> {
  const { balances, asOfMs } = await context.desk.balances()
  return {
    accounts: balances.map((balance) => ({
      account_id: venueWord(balance.accountId),
      currency: venueWord(balance.currency),
      available: formatDecimal(balance.available),
      hold: formatDecimal(balance.hold),
      total: formatDecimal(balance.available.plus(balance.hold)),
    })),
    env: context.desk.environment,
    ...showAge(context.clock, asOfMs),
  }
}

export const balancesResource: ResourceDefinition = {
  name: 'balances',
  title: 'Balances',
  description: 'Every wallet: available, held by open orders, total.',
  path: 'account://balances',
  query: [],
  permissions: ['read_accounts'],
  read: showBalances,
  watch: (context, _params, changed) => watchAccount(context, changed),
}
