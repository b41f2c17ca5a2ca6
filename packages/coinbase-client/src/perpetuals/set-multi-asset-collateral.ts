import { multiAssetCollateralResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'

/**
 * Allows or forbids other assets than USDC as collateral of a perpetuals portfolio.
 *
 * - Wire: `POST /api/v3/brokerage/intx/multi_asset_collateral`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @returns The state now, as the venue reports it.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function setMultiAssetCollateral(
  client: HttpClient,
  portfolioId: string,
  isEnabled: boolean,
): Promise<boolean> {
  const answer = await client.call('setMultiAssetCollateral', {
    schema: multiAssetCollateralResponseSchema,
    body: () => ({ portfolio_uuid: portfolioId, multi_asset_collateral_enabled: isEnabled }),
  })
  const state = answer.cross_collateral_enabled ?? answer.multi_asset_collateral_enabled
  if (state !== isEnabled) {
    throw unclearOutcome('setMultiAssetCollateral', 'Coinbase reports another state than the one asked for', { state })
  }
  return state
}
