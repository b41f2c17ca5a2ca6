import { transactionSummaryResponseSchema } from '@tidegate/coinbase-wire'
import type { FeeRates } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { requireDecimal } from '../protocol-error.js'

/**
 * Gets the fee rates that apply to this key now.
 *
 * - Wire: `GET /api/v3/brokerage/transaction_summary`
 *
 * @returns Rates as fractions (0.012 is 1.2 %); `volumeUsd` of the last 30 days in USD.
 */
export async function getTransactionSummary(client: HttpClient): Promise<FeeRates> {
  const answer = await client.call('getTransactionSummary', {
    schema: transactionSummaryResponseSchema,
    query: { product_type: 'SPOT' },
  })
  const require = (value: string | undefined, field: string) => requireDecimal(value, field, 'getTransactionSummary')
  return {
    tier: answer.fee_tier.pricing_tier,
    takerRate: require(answer.fee_tier.taker_fee_rate, 'taker_fee_rate'),
    makerRate: require(answer.fee_tier.maker_fee_rate, 'maker_fee_rate'),
    volumeUsd: require(answer.total_volume, 'total_volume'),
  }
}
