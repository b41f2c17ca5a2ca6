import { transactionSummaryResponseSchema } from '@tidegate/coinbase-wire'
import type { FeeRates } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { requireDecimal } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'

/** Whose fee rates to get, in the venue's words. */
export interface FeeQuery {
  readonly productType?: string
  readonly contractExpiryType?: 'EXPIRING' | 'PERPETUAL'
  /** `CBE`, `FCM`, `INTX` or newer. */
  readonly productVenue?: string
}

/**
 * Gets the fee rates that apply to this key now.
 *
 * - Wire: `GET /api/v3/brokerage/transaction_summary`
 * - Key: `view`, weight 3 of the private bucket
 *
 * @param query - Spot without.
 * @returns Rates as fractions (0.012 is 1.2 %); `volumeUsd` of the last 30 days in USD.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getTransactionSummary(
  client: HttpClient,
  query: FeeQuery = { productType: 'SPOT' },
): Promise<FeeRates> {
  const answer = await client.call('getTransactionSummary', {
    schema: transactionSummaryResponseSchema,
    query: {
      product_type: query.productType,
      contract_expiry_type: query.contractExpiryType,
      product_venue: query.productVenue,
    },
  })
  const require = (value: string | undefined, field: string) => requireDecimal(value, field, 'getTransactionSummary')
  const rates: FeeRates = {
    tier: answer.fee_tier.pricing_tier,
    takerRate: require(answer.fee_tier.taker_fee_rate, 'taker_fee_rate'),
    makerRate: require(answer.fee_tier.maker_fee_rate, 'maker_fee_rate'),
    volumeUsd: require(answer.total_volume, 'total_volume'),
  }
  return rememberRaw(rates, answer)
}
