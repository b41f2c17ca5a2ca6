import { intradayMarginSettingResponseSchema } from '@tidegate/coinbase-wire'
import type { HttpClient } from '../http/http-client.js'

/**
 * Gets whether intraday margin is used.
 *
 * - Wire: `GET /api/v3/brokerage/cfm/intraday/margin_setting`
 * - Key: `view`, weight 1 of the private bucket
 *
 * @returns `INTRADAY_MARGIN_SETTING_STANDARD`, `INTRADAY_MARGIN_SETTING_INTRADAY`, or a newer word.
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when the venue refuses, {VenueProtocolError} `ERR_VENUE_PROTOCOL`
 * for an answer that
 * cannot be used.
 */
export async function getIntradayMarginSetting(client: HttpClient): Promise<string> {
  const { setting } = await client.call('getIntradayMarginSetting', { schema: intradayMarginSettingResponseSchema })
  return setting
}
