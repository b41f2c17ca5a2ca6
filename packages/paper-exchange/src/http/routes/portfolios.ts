import { formatDecimal, readDecimal, ZERO } from '@tidegate/trading-model'
import { z } from 'zod'
import { portfolioValue, usdValue } from '../../accounts/portfolio-value.js'
import { DEFAULT_PORTFOLIO } from '../../engine/records.js'
import { portfolioOfUuid, portfolioUuid } from '../../keys/identity.js'
import { type ExchangeContext, type Route, v3 } from '../route.js'
import { badRequest, v3Fault } from '../wire-fault.js'
import { readBody } from './order-commands.js'

const nameSchema = z.looseObject({ name: z.string().min(1) })
const moveSchema = z.looseObject({
  funds: z.looseObject({ value: z.string(), currency: z.string().min(1) }),
  source_portfolio_uuid: z.string(),
  target_portfolio_uuid: z.string(),
})

function toWirePortfolio({ engine, identity }: ExchangeContext, portfolioId: string) {
  const portfolio = engine.state.portfolios.get(portfolioId)
  return {
    name: portfolio?.name ?? 'Default',
    uuid: portfolioUuid(identity, portfolioId),
    type: portfolio ? 'CONSUMER' : 'DEFAULT',
    deleted: portfolio?.isDeleted ?? false,
  }
}

/** The portfolio that a path names. @throws a 404 when there is none. */
function named(context: ExchangeContext, uuid: string | undefined): string {
  const portfolioId = portfolioOfUuid(context.identity, uuid ?? '')
  if (!context.engine.hasPortfolio(portfolioId)) throw v3Fault(404, 'NOT_FOUND', 'portfolio not found')
  return portfolioId
}

const listPortfolios: Route = {
  method: 'GET',
  path: `${v3}/portfolios`,
  verb: 'list-portfolios',
  access: 'view',
  handle({ query }, context) {
    const wanted = query.text('portfolio_type') ?? 'UNDEFINED'
    const all = [DEFAULT_PORTFOLIO, ...context.engine.state.portfolios.keys()]
      .filter((id) => context.engine.hasPortfolio(id))
      .map((id) => toWirePortfolio(context, id))
    return { portfolios: all.filter(({ type }) => wanted === 'UNDEFINED' || wanted === type) }
  },
}

const portfolioBreakdown: Route = {
  method: 'GET',
  path: `${v3}/portfolios/{portfolio_uuid}`,
  verb: 'get-portfolio',
  access: 'view',
  handle({ parameters }, context) {
    const { engine, identity } = context
    const portfolioId = named(context, parameters['portfolio_uuid'])
    const wallets = engine.state.walletsOf(portfolioId).all()
    const isCash = (currency: string) => currency === 'USD' || currency === 'USDC'
    const worth = (cash: boolean) =>
      wallets
        .filter((wallet) => isCash(wallet.currency) === cash)
        .reduce((sum, w) => sum.add(usdValue(engine, w.currency, w.available.add(w.hold))), ZERO)
    const usd = (value: typeof ZERO) => ({ value: formatDecimal(value.toDecimalPlaces(2)), currency: 'USD' })
    const total = portfolioValue(engine, portfolioId)
    return {
      breakdown: {
        portfolio: toWirePortfolio(context, portfolioId),
        portfolio_balances: {
          total_balance: usd(total),
          total_futures_balance: usd(ZERO),
          total_cash_equivalent_balance: usd(worth(true)),
          total_crypto_balance: usd(worth(false)),
          futures_unrealized_pnl: usd(ZERO),
          perp_unrealized_pnl: usd(ZERO),
        },
        // Positions are JSON numbers on the wire: for display only.
        spot_positions: wallets.map(({ currency, available, hold }) => ({
          asset: currency,
          account_uuid: identity.accountId(currency, portfolioId),
          total_balance_fiat: usdValue(engine, currency, available.add(hold)).toDecimalPlaces(2).toNumber(),
          total_balance_crypto: available.add(hold).toNumber(),
          available_to_trade_fiat: usdValue(engine, currency, available).toDecimalPlaces(2).toNumber(),
          allocation: total.isZero()
            ? 0
            : usdValue(engine, currency, available.add(hold)).div(total).toDecimalPlaces(6).toNumber(),
          cost_basis: { value: '', currency: 'USD' },
          asset_img_url: '',
          is_cash: isCash(currency),
        })),
        perp_positions: [],
        futures_positions: [],
      },
    }
  },
}

const createPortfolio: Route = {
  method: 'POST',
  path: `${v3}/portfolios`,
  verb: 'create-portfolio',
  access: 'trade',
  handle({ body }, context) {
    const { portfolioId } = context.engine.createPortfolio(readBody(nameSchema, body).name)
    return { portfolio: toWirePortfolio(context, portfolioId) }
  },
}

const renamePortfolio: Route = {
  method: 'PUT',
  path: `${v3}/portfolios/{portfolio_uuid}`,
  verb: 'rename-portfolio',
  access: 'trade',
  handle({ parameters, body }, context) {
    const portfolioId = named(context, parameters['portfolio_uuid'])
    const { name } = readBody(nameSchema, body)
    if (context.engine.changePortfolio(portfolioId, { name })) {
      throw badRequest('the default portfolio cannot be renamed')
    }
    return { portfolio: toWirePortfolio(context, portfolioId) }
  },
}

const deletePortfolio: Route = {
  method: 'DELETE',
  path: `${v3}/portfolios/{portfolio_uuid}`,
  verb: 'delete-portfolio',
  access: 'trade',
  handle({ parameters }, context) {
    const portfolioId = named(context, parameters['portfolio_uuid'])
    const problem = context.engine.changePortfolio(portfolioId, { isDeleted: true })
    if (problem === 'not-empty') throw badRequest('the portfolio is not empty')
    if (problem) throw badRequest('the default portfolio cannot be deleted')
    return {}
  },
}

const moveFunds: Route = {
  method: 'POST',
  path: `${v3}/portfolios/move_funds`,
  verb: 'move-funds',
  access: 'transfer',
  handle({ body }, context) {
    const request = readBody(moveSchema, body)
    const amount = readDecimal(request.funds.value)
    if (!amount?.gt(ZERO)) throw badRequest('funds.value is not a positive decimal')
    const problem = context.engine.moveFunds({
      fromPortfolioId: named(context, request.source_portfolio_uuid),
      toPortfolioId: named(context, request.target_portfolio_uuid),
      currency: request.funds.currency,
      amount,
    })
    if (problem === 'insufficient') throw badRequest('insufficient funds in the source portfolio')
    if (problem) throw badRequest('source and target have to be two portfolios')
    return {
      source_portfolio_uuid: request.source_portfolio_uuid,
      target_portfolio_uuid: request.target_portfolio_uuid,
    }
  },
}

/** Portfolios and money moving between them. */
export const portfolioRoutes: readonly Route[] = [
  listPortfolios,
  createPortfolio,
  moveFunds,
  portfolioBreakdown,
  renamePortfolio,
  deletePortfolio,
]
