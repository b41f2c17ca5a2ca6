import { type DecimalInput, moveFundsResponseSchema } from '@tidegate/coinbase-wire'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { unclearOutcome } from '../outcome.js'

/** A move of money between two portfolios of the same user. */
export interface FundsMove {
  /** Units of `currency`, above zero. */
  readonly amount: DecimalInput
  readonly currency: string
  readonly sourcePortfolioId: string
  readonly targetPortfolioId: string
}

/**
 * Moves money from one portfolio to another, once.
 *
 * - Wire: `POST /api/v3/brokerage/portfolios/move_funds`
 * - Key: `transfer`, weight 1 of the private bucket
 * - Sent once: it is never repeated from here.
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED`, {VenueAuthError} `ERR_VENUE_AUTH`, {VenueNotSentError}
 * `ERR_VENUE_NOT_SENT`: not done.
 * @throws {VenueOutcomeUnknownError} `ERR_VENUE_OUTCOME_UNKNOWN`, {VenueRateLimitError} `ERR_VENUE_RATE_LIMIT`: it may
 * be done.
 * @throws {InputError} `ERR_INPUT_INVALID`: nothing was sent.
 */
export async function moveFunds(client: HttpClient, move: FundsMove): Promise<void> {
  const { amount, currency, sourcePortfolioId, targetPortfolioId } = move
  const funds = { value: amountText(amount, 'amount'), currency }
  const answer = await client.call('moveFunds', {
    schema: moveFundsResponseSchema,
    body: () => ({ funds, source_portfolio_uuid: sourcePortfolioId, target_portfolio_uuid: targetPortfolioId }),
  })
  if (answer.source_portfolio_uuid !== sourcePortfolioId || answer.target_portfolio_uuid !== targetPortfolioId) {
    throw unclearOutcome('moveFunds', 'Coinbase names other portfolios than the ones asked for', {
      answer: { ...answer },
    })
  }
}
