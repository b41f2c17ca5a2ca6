import { doneResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'

/**
 * Sets whether intraday margin is used.
 *
 * - Wire: `POST /api/v3/brokerage/cfm/intraday/margin_setting`
 * - Key: `trade`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 */
export async function setIntradayMarginSetting(
  client: HttpClient,
  setting: 'INTRADAY_MARGIN_SETTING_STANDARD' | 'INTRADAY_MARGIN_SETTING_INTRADAY',
): Promise<void> {
  await client.call('setIntradayMarginSetting', { schema: doneResponseSchema, body: () => ({ setting }) })
}
