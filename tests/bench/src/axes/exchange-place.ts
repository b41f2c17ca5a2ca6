import type { Axis } from '../axis.js'
import { exchangeEngine } from '../exchange-place/engine.js'
import { compareRates } from '../report.js'
import { runInterleaved } from '../run-interleaved.js'
import { spreadOf } from '../statistics.js'

const contenders = [exchangeEngine]

/** The whole engine of the paper exchange on one core: for information, without a peer and without a target. */
export const exchangePlace: Axis = {
  name: 'exchange-place',
  about: 'orders, cancels and market trades a second through the whole exchange, 500 orders resting',
  contenders,
  rounds: 9,
  async run(options) {
    const { rates, outcome } = await runInterleaved('exchange-place', contenders, options)
    const [ours] = rates
    if (!ours) throw new Error('nobody ran')
    return compareRates({
      axis: 'exchange-place',
      unit: 'commands per second of processor time',
      ours,
      peers: [],
      notes: {
        includes: 'validation, balances and holds, fees, effects, events; no journal on disk, no HTTP',
        microsecondsACommand: Math.round(1e6 / spreadOf(ours.perRound).median),

        openOrders: Number(outcome['openOrders']),
        fills: Number(outcome['fills']),
      },
    })
  },
}
