import { type DecimalInput, doneResponseSchema } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'

/** Collateral for one isolated perpetual position. */
export interface PortfolioAllocation {
  readonly portfolioId: string
  /** E.g. `BTC-PERP-INTX`. */
  readonly symbol: string
  /** Units of `currency`, above zero. */
  readonly amount: DecimalInput
  /** E.g. `USDC`. */
  readonly currency: string
}

/**
 * Allocates collateral to an isolated position of a perpetuals portfolio, once.
 *
 * - Wire: `POST /api/v3/brokerage/intx/allocate`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 */
export async function allocatePortfolio(client: HttpClient, allocation: PortfolioAllocation): Promise<void> {
  const amount = amountText(allocation.amount, 'amount')
  await client.call('allocatePortfolio', {
    schema: doneResponseSchema,
    body: () => ({
      portfolio_uuid: allocation.portfolioId,
      symbol: allocation.symbol,
      amount,
      currency: allocation.currency,
    }),
  })
}
