import type { Axis } from '../axis.js'
import { coreAlone } from '../matching/core-alone.js'
import { matchingBook } from '../matching/ours.js'
import { orderBookPeers } from '../matching/peers.js'
import { matchingWorkload } from '../matching/workload.js'
import { compareRates, type Rates } from '../report.js'
import { runInterleaved } from '../run-interleaved.js'
import { spreadOf } from '../statistics.js'

const contenders = [matchingBook, ...orderBookPeers, coreAlone]

/** Price-time matching with exact decimals, fills, answers and events, beside the fastest books on npm. */
export const matching: Axis = {
  name: 'matching',
  about: 'orders a second through a book of some 5,700 orders on some 1,400 levels: 50 % rest, 40 % cancel, 10 % take',
  contenders,
  rounds: 9,
  async run(options) {
    const { rates, wallRates, outcome } = await runInterleaved('matching', contenders, options)
    const [ours, ...others] = rates
    const limit = others.pop()
    if (!ours) throw new Error('nobody ran')
    const { opening, levels, outcome: truth } = matchingWorkload(42, options.scale)
    if (JSON.stringify(truth) !== JSON.stringify(outcome)) {
      throw new Error(`all agreed on ${JSON.stringify(outcome)}, but the truth is ${JSON.stringify(truth)}`)
    }
    return compareRates({
      axis: 'matching',
      unit: 'operations per second of processor time',
      ours,
      peers: others,
      limit,
      atLeast: 4,
      notes: {
        byTheClock: clockRatio(wallRates),
        restingAtTheStart: opening.length,
        levelsAtTheStart: levels,
        agreed: `volume ${outcome['volume']}, open orders ${outcome['openOrders']}: the same for all in every round, and for a plain list`,
      },
    })
  },
}

/** The same ratio by the clock on the wall, which everything else on the machine disturbs. */
function clockRatio([ours, ...others]: readonly Rates[]): string {
  const peers = others.slice(0, -1)
  const ratios = (ours?.perRound ?? []).map(
    (rate, round) => rate / Math.max(...peers.map((peer) => peer.perRound[round] ?? 0)),
  )
  const { median, min, max } = spreadOf(ratios)
  return `ours / best peer ${median.toFixed(2)} [${min.toFixed(2)}..${max.toFixed(2)}]`
}
