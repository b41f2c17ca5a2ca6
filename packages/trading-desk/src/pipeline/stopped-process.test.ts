import { Decimal, type Journal, type MarketReader } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, openWorld, pass, trader } from '../../test/desk-world.js'
import { defaultSettings } from '../settings.js'

/** Longer than any order stays wanted. */
const stopMs = 60_000

describe('a process that is stopped while it decides (SIGSTOP, a sleeping laptop)', () => {
  it('does not send what it decided before it was stopped', async () => {
    const world = await openWorld({ cold: true })
    const { time, venue, journal } = world
    const stopping: Journal = {
      ...journal,
      recordIntent: (wish) => {
        time.step(stopMs)
        return journal.recordIntent(wish)
      },
    }
    const desk = world.open({ journal: stopping })
    await during(world, desk.start())
    const result = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.intent?.state).toBe('ABANDONED')
    expect(venue.sent).toHaveLength(0)
  })

  it('does not decide on prices that it read before it was stopped', async () => {
    const world = await openWorld({ cold: true })
    const { time, venue, market } = world
    let stops = false
    const stopping: Pick<MarketReader, 'ticker'> = {
      ticker: async (productId, maxAgeMs) => {
        const ticker = await market.ticker(productId, maxAgeMs)
        // The valuation of the portfolio: the book of the product and the wallets are in hand by then. Wallets may be 10 s old.
        if (stops && maxAgeMs === defaultSettings.valuationMaxAgeMs) time.step(8_000)
        return ticker
      },
    }
    const desk = world.open({ market: Object.setPrototypeOf(stopping, market) })
    await during(world, desk.start())
    stops = true
    const result = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
    expect(result.outcome).toBe('denied')
    const denials = result.decision?.kind === 'denied' ? result.decision.denials : []
    expect(denials).toMatchObject([{ code: 'RISK_STALE_DATA', actual: '8000', unit: 'ms' }])
    expect(venue.sent).toHaveLength(0)
  })

  it.each(['approval', 'replacement'] as const)(
    'does not send after an %s what it checked again before it was stopped',
    async (what) => {
      const requireConfirmationAboveUsd = what === 'approval' ? '100' : '10000'
      const world = await openWorld({ cold: true, policy: { requireConfirmationAboveUsd } })
      const { time, venue, journal } = world
      let looks = 0
      let stopsAt = 0
      const stopping: Journal = {
        ...journal,
        // The last read of a snapshot.
        listIntents: (query) => {
          if (query?.sinceMs !== undefined && ++looks === stopsAt) time.step(stopMs)
          return journal.listIntents(query)
        },
      }
      const desk = world.open({ journal: stopping })
      await during(world, desk.start())
      const placed = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
      const sentBefore = venue.sent.length
      let intentId = placed.intent?.intentId ?? ''
      if (what === 'approval') {
        stopsAt = looks + 1
        await during(world, desk.decideApproval({ principal: approver, intentId, decision: 'approved' }))
      } else {
        stopsAt = looks + 2
        const limitPrice = new Decimal('58000')
        const edited = await during(world, desk.edit({ principal: trader, id: intentId, limitPrice, how: 'replace' }))
        intentId = edited.intent?.intentId ?? ''
      }
      await pass(world, 500)
      expect(looks).toBeGreaterThanOrEqual(stopsAt)
      expect((await journal.getIntent(intentId))?.state).toBe('ABANDONED')
      expect(venue.sent).toHaveLength(sentBefore)
    },
  )

  it('does not send the edit that it decided before it was stopped', async () => {
    const world = await openWorld({ cold: true })
    const { time, venue, journal } = world
    let stops = false
    const stopping: Journal = {
      ...journal,
      recordIntent: (wish) => {
        if (stops) time.step(stopMs)
        return journal.recordIntent(wish)
      },
    }
    const desk = world.open({ journal: stopping })
    await during(world, desk.start())
    const { intent } = await during(world, desk.place({ principal: trader, terms: limitBuy() }))
    stops = true
    const limitPrice = new Decimal('59100')
    const result = await during(world, desk.edit({ principal: trader, id: intent?.intentId ?? '', limitPrice }))
    expect(result.intent?.state).toBe('ABANDONED')
    expect(venue.edits).toHaveLength(0)
  })
})
