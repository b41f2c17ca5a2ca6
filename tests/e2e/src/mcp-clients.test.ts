import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, eventually, type Found, freshHome, startServe } from './harness.js'
import { type Driver, driveAiSdk, driveMcporter, driveSdkOne, driveTwoEras, type Target } from './mcp-drivers.js'

const clients: readonly (readonly [string, (target: Target) => Promise<Driver>, RegExp | undefined])[] = [
  ['@modelcontextprotocol/sdk 1.32, 2025 era', driveSdkOne, undefined],
  ['@modelcontextprotocol/client 2.4, 2025 era', (target) => driveTwoEras(target, 'legacy'), /^2025-/],
  [
    '@modelcontextprotocol/client 2.4, 2026 era',
    (target) => driveTwoEras(target, { pin: '2026-07-28' }),
    /^2026-07-28$/,
  ],
  ['@ai-sdk/mcp 1.0.102', driveAiSdk, undefined],
  ['mcporter 0.7.3', driveMcporter, undefined],
]

afterEach(cleanUp)

// Each starts a server and trades.
const PATIENCE_MS = 120_000

describe.each(['stdio', 'HTTP'] as const)('over %s', (over) => {
  it.each(clients)(
    '%s lists, reads, places, cancels, and follows where it can',
    async (_name, drive, revision) => {
      const home = freshHome()
      const target: Target = over === 'stdio' ? { home } : await startServe(home)
      const driver = await drive(target)
      if (revision) expect(driver.revision).toMatch(revision)
      expect(await driver.tools()).toEqual(expect.arrayContaining(['place_order', 'cancel_order', 'get_account']))
      const ticker = await eventually(
        () => driver.read('market://ticker/BTC-USD'),
        ({ price }) => Number(price) > 0,
      )

      const bought = await driver.call('place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'MARKET',
        quote_size: '10',
      })
      expect(bought).toMatchObject({ success: true, outcome: 'accepted' })

      const resting = await driver.call('place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'LIMIT',
        size: '0.0005',
        // Inside the collar, too low to trade soon.
        limit_price: String(Math.floor(Number(ticker['price']) * 0.95)),
      })
      expect(resting).toMatchObject({ success: true })
      const active = async () => ((await driver.read('order://active'))['orders'] as readonly Found[]).map(idOf)
      expect(await active()).toEqual([resting['order_id']])

      const followed = await driver.follow?.('order://active')
      const cancelled = await driver.call('cancel_order', { order_id: resting['order_id'] })
      expect(cancelled).toMatchObject({ success: true })
      if (followed) expect(await followed.changed).toBe('order://active')
      await eventually(active, (orders) => orders.length === 0)
    },
    PATIENCE_MS,
  )
})

function idOf(order: Found): unknown {
  return order['order_id']
}
