import { describe, expect, it } from 'vitest'
import { FLOWS, PHASES, STEPS } from '../protocol.js'
import { cellsOf, drawKills, type Kill, mergeCensus, REQUIRED } from './cells.js'
import { createDice } from './random.js'

const everything = Object.fromEntries(STEPS.flatMap((step) => PHASES.map((phase) => [`${step}/${phase}`, 3])))
const cells = FLOWS.flatMap((flow) => cellsOf(flow, everything))

function draw(count: number, seed: number): readonly Kill[] {
  const source = drawKills(cells, createDice(seed))
  return Array.from({ length: count }, () => source.next().value)
}

const placesIn = (kills: readonly Kill[]) =>
  new Set(kills.flatMap((kill) => (kill.at === 'label' ? [`${kill.flow} ${kill.step}`] : [])))

describe('the kills of a matrix', () => {
  it('come past every flow and step before any of them comes twice', () => {
    const steps = FLOWS.length * STEPS.length
    const first = draw(steps + Math.floor(steps / 8), 7)
    expect(placesIn(first).size).toBe(steps)
    expect(first.filter((kill) => kill.at === 'random')).toHaveLength(Math.floor(steps / 8))
  })

  it('come before and after every step in two rounds', () => {
    const twice = draw(4 * FLOWS.length * STEPS.length, 7)
    const met = new Set(
      twice.flatMap((kill) => (kill.at === 'label' ? [`${kill.flow} ${kill.step} ${kill.phase}`] : [])),
    )
    expect(met.size).toBe(FLOWS.length * STEPS.length * PHASES.length)
  })

  it('follow from their seed', () => {
    expect(draw(300, 5)).toEqual(draw(300, 5))
    expect(draw(300, 5)).not.toEqual(draw(300, 6))
  })

  it('know every step that they require', () => {
    for (const flow of FLOWS) expect(REQUIRED[flow].filter((step) => !STEPS.includes(step))).toEqual([])
  })
})

describe('a census', () => {
  it('keeps the most that was seen of each label', () => {
    expect(mergeCensus({ 'jwt/before': 2, 'write/before': 1 }, { 'jwt/before': 1, 'parse/after': 4 })).toEqual({
      'jwt/before': 2,
      'write/before': 1,
      'parse/after': 4,
    })
  })
})
