import type { EndpointName } from '@tidegate/coinbase-wire'
import { Decimal } from '@tidegate/trading-model'
import type { Sample } from './endpoint-samples.js'

const d = (text: string) => new Decimal(text)
const money = (value: string, currency = 'USD') => ({ value, currency })
const future = {
  product_id: 'BIP-20DEC30-CDE',
  expiration_time: '2030-12-20T16:00:00Z',
  side: 'LONG',
  number_of_contracts: '3',
  current_price: '61000',
  avg_entry_price: money('60000'),
  unrealized_pnl: '',
}
const futureResult = {
  productId: 'BIP-20DEC30-CDE',
  expirationTimeMs: Date.UTC(2030, 11, 20, 16),
  numberOfContracts: d('3'),
  currentPrice: { value: d('61000') },
  avgEntryPrice: { value: d('60000'), currency: 'USD' },
}
const perpetual = {
  product_id: 'x-0-0',
  symbol: 'BTC-PERP-INTX',
  position_side: 'POSITION_SIDE_LONG',
  net_size: '20',
  vwap: money('0.56', 'USDC'),
  leverage: '1',
}
const perpetualResult = { productId: 'x-0-0', netSize: d('20'), vwap: { value: d('0.56'), currency: 'USDC' } }

/** Samples of US futures and perpetuals. */
export const derivativeSamples = {
  getFuturesBalanceSummary: {
    call: (client) => client.getFuturesBalanceSummary(),
    answer: {
      balance_summary: {
        futures_buying_power: money('100'),
        liquidation_buffer_percentage: '1000',
        unrealized_pnl: money(''),
        intraday_margin_window_measure: { margin_level: 'MARGIN_LEVEL_TYPE_BASE', initial_margin: '0' },
      },
    },
    result: {
      futuresBuyingPower: { value: d('100'), currency: 'USD' },
      liquidationBufferPercentage: d('1000'),
      intradayMarginWindowMeasure: { marginLevel: 'MARGIN_LEVEL_TYPE_BASE', initialMargin: d('0') },
    },
  },
  listFuturesPositions: {
    call: (client) => client.listFuturesPositions(),
    answer: { positions: [future] },
    result: [futureResult],
  },
  getFuturesPosition: {
    call: (client) => client.getFuturesPosition('BIP-20DEC30-CDE'),
    answer: { position: future },
    result: futureResult,
  },
  listFuturesSweeps: {
    call: (client) => client.listFuturesSweeps(),
    answer: {
      sweeps: [
        { id: 's', requested_amount: money('5'), should_sweep_all: false, schedule_time: '2026-01-02T03:04:05Z' },
      ],
    },
    result: [{ id: 's', requestedAmount: { value: d('5') }, scheduleTimeMs: 1_767_323_045_000 }],
  },
  scheduleFuturesSweep: {
    call: (client) => client.scheduleFuturesSweep('5'),
    answer: { success: true },
    body: { usd_amount: '5' },
  },
  cancelFuturesSweep: { call: (client) => client.cancelFuturesSweep(), answer: { success: true } },
  getIntradayMarginSetting: {
    call: (client) => client.getIntradayMarginSetting(),
    answer: { setting: 'INTRADAY_MARGIN_SETTING_STANDARD' },
    result: 'INTRADAY_MARGIN_SETTING_STANDARD',
  },
  setIntradayMarginSetting: {
    call: (client) => client.setIntradayMarginSetting('INTRADAY_MARGIN_SETTING_INTRADAY'),
    answer: {},
    body: { setting: 'INTRADAY_MARGIN_SETTING_INTRADAY' },
  },
  getCurrentMarginWindow: {
    call: (client) => client.getCurrentMarginWindow(),
    answer: {
      margin_window: { margin_window_type: 'FCM_MARGIN_WINDOW_TYPE_INTRADAY', end_time: '2026-01-02T03:04:05Z' },
      is_intraday_margin_killswitch_enabled: false,
    },
    query: '?margin_profile_type=MARGIN_PROFILE_TYPE_RETAIL_REGULAR',
    result: {
      marginWindow: { marginWindowType: 'FCM_MARGIN_WINDOW_TYPE_INTRADAY', endTimeMs: 1_767_323_045_000 },
      isIntradayMarginKillswitchEnabled: false,
    },
  },
  allocatePortfolio: {
    call: (client) =>
      client.allocatePortfolio({ portfolioId: 'p', symbol: 'BTC-PERP-INTX', amount: '7', currency: 'USDC' }),
    answer: {},
    body: { portfolio_uuid: 'p', symbol: 'BTC-PERP-INTX', amount: '7', currency: 'USDC' },
  },
  getPerpetualPortfolio: {
    call: (client) => client.getPerpetualPortfolio('p'),
    answer: {
      portfolios: [{ portfolio_uuid: 'p', collateral: '', liquidation_buffer: '3.5' }],
      summary: { buying_power: money('8', 'USDC') },
    },
    result: {
      portfolios: [{ portfolioUuid: 'p', liquidationBuffer: d('3.5') }],
      summary: { buyingPower: { value: d('8'), currency: 'USDC' } },
    },
  },
  listPerpetualPositions: {
    call: (client) => client.listPerpetualPositions('p'),
    answer: { positions: [perpetual], portfolio_summary: { buying_power: money('8', 'USDC') } },
    result: { positions: [perpetualResult], portfolioSummary: { buyingPower: { value: d('8') } } },
  },
  getPerpetualPosition: {
    call: (client) => client.getPerpetualPosition('p', 'BTC-PERP-INTX'),
    answer: { position: perpetual },
    result: perpetualResult,
  },
  listPerpetualBalances: {
    call: (client) => client.listPerpetualBalances('p'),
    answer: {
      portfolio_balances: [
        { portfolio_uuid: 'p', balances: [{ asset: { asset_name: 'USDC' }, quantity: '1.5', hold: '0' }] },
      ],
    },
    result: [{ portfolioUuid: 'p', balances: [{ asset: { assetName: 'USDC' }, quantity: d('1.5'), hold: d('0') }] }],
  },
  setMultiAssetCollateral: {
    call: (client) => client.setMultiAssetCollateral('p', true),
    answer: { cross_collateral_enabled: true },
    body: { portfolio_uuid: 'p', multi_asset_collateral_enabled: true },
    result: true,
  },
} as const satisfies Partial<Record<EndpointName, Sample>>
