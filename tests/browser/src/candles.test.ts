import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, type OpenPage, type Pages, startPages } from './harness.js'
import { candlesAnswer, fill, hostile, toolResult } from './samples.js'

describe.skipIf(CHROMIUM === undefined)('the page of candles, in Chromium', () => {
  let pages: Pages
  const opened: OpenPage[] = []
  beforeAll(async () => {
    pages = await startPages()
  })
  afterAll(() => pages.close())
  afterEach(async () => {
    for (const page of opened.splice(0)) {
      expect(page.complaints).toEqual([])
      expect(page.requests).toEqual([])
      await page.close()
    }
  })
  const open = async (...options: Parameters<Pages['open']>): Promise<OpenPage> => {
    const page = await pages.open(...options)
    opened.push(page)
    return page
  }
  const fills = [
    fill(65, 'BUY', '0.15', '97001.00'),
    fill(305, 'SELL', '0.0500000001', '97812.35'),
    fill(610, 'SELL', '0.02', '96950.10'),
    fill(612, 'SELL', '0.03', '96950.11'),
  ]
  const answerFills = () => toolResult({ count: fills.length, fills, env: 'paper' })

  it('draws candles and marks one’s own fills, and shows every number as it came', async () => {
    const page = await open('candles', { answer: answerFills })
    expect(await page.text()).toContain('Waiting for the candles')
    await page.input({ product_id: 'BTC-USD', granularity: '15m' })
    expect(await page.text()).toContain('BTC-USD, 15m candles')
    const answer = candlesAnswer()
    await page.result(answer)
    await page.view.getByText('Your fills: 4').waitFor()
    expect(await page.view.locator('.chart canvas').count()).toBeGreaterThan(0)
    const text = await page.text()
    expect(text).toMatch(/As of 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC, \d+ s old, fetched for this call\./)
    expect(text).toContain('TradingView Lightweight Charts')
    expect(text).toContain('0.0500000001')
    expect(text).toContain('97812.35')
    const table = page.view.getByText('The same as a table')
    await table.click()
    expect(await page.view.locator('details tbody tr').first().isVisible()).toBe(true)
    await table.click()
    await page.picture('candles-light')
    await table.press('Enter')
    const cells = await page.view.locator('details tbody tr').first().locator('th,td').allInnerTexts()
    const column = (name: string): string => (answer[name] as string[]).at(-1) ?? ''
    expect(cells).toEqual(['2026-11-24 14:45:00 UTC', ...['open', 'high', 'low', 'close', 'volume'].map(column)])
  })

  it('looks right at 360 pixels, and in the dark', async () => {
    const narrow = await open('candles', { width: 360, answer: answerFills, context: { theme: 'dark' } })
    await narrow.result(candlesAnswer(100))
    await narrow.view.getByText('Your fills: 4').waitFor()
    const [scroll, width] = await narrow.view.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(scroll).toBe(width)
    expect(await narrow.view.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(21, 23, 28)',
    )
    await narrow.picture('candles-dark-360')
  })

  it('is read candle by candle with the keyboard', async () => {
    const page = await open('candles', { answer: answerFills })
    await page.result(candlesAnswer())
    await page.view.getByText('Your fills: 4').waitFor()
    const chart = page.view.getByRole('slider')
    await chart.focus()
    expect(await chart.getAttribute('aria-valuenow')).toBe('60')
    await page.page.keyboard.press('Home')
    expect(await chart.getAttribute('aria-valuetext')).toContain('2026-11-24 00:00:00 UTC: open ')
    for (let step = 0; step < 4; step++) await page.page.keyboard.press('ArrowRight')
    expect(await chart.getAttribute('aria-valuenow')).toBe('5')
    expect(await chart.getAttribute('aria-valuetext')).toContain('you bought 0.15 at 97001.00')
    await page.page.keyboard.press('End')
    expect(await chart.getAttribute('aria-valuenow')).toBe('60')
  })

  it('says why fills are missing: no way to ask, no permission, more than fit', async () => {
    const mute = await open('candles', { hasTools: false })
    await mute.result(candlesAnswer())
    await mute.view.getByText('lets pages ask for nothing').waitFor()
    const refused = await open('candles', {
      answer: () => ({
        isError: true,
        content: [
          { type: 'text', text: '{"error":{"code":"ERR_PERMISSION","message":"get_history needs read_fills"}}' },
        ],
      }),
    })
    await refused.result(candlesAnswer())
    await refused.view.getByText('get_history needs read_fills (ERR_PERMISSION)').waitFor()
    let calls = 0
    const many = await open('candles', {
      answer: (name, args) => {
        expect(name).toBe('get_history')
        expect(args).toMatchObject({ kind: 'fills', product_id: 'BTC-USD', start: '2026-11-24T00:00:00.000Z' })
        return toolResult({ fills: [fill(++calls * 15, 'BUY', '1', '97000.00')], next_cursor: `c${calls}` })
      },
    })
    await many.result(candlesAnswer())
    await many.view.getByText('There are more fills than these 3').waitFor()
    expect(calls).toBe(3)
  })

  it('tells empty, stale, old, cut short, refused, unreadable and cancelled apart', async () => {
    const page = await open('candles', { answer: answerFills })
    await page.result(candlesAnswer(0))
    expect(await page.text()).toContain('No trade in this time')
    await page.result(candlesAnswer(60, { stale: true, truncated: true, continue_end: '2026-11-24T00:00:00.000Z' }))
    expect(await page.text()).toContain('calls these candles stale')
    expect(await page.text()).toContain('only the newest 60 are here, from 2026-11-24 00:00:00 UTC on')
    await page.result(candlesAnswer(60, { as_of: new Date(Date.now() - 7_200_000).toISOString() }))
    expect(await page.text()).toContain('2 h 0 min old')
    expect(await page.text()).toContain('ask again for newer candles')
    await page.page.evaluate(() =>
      window.host.result({
        isError: true,
        content: [
          {
            type: 'text',
            text: '{"success":false,"error":{"code":"PRODUCT_NOT_FOUND","message":"No product X-Y","fix":"list_products"}}',
          },
        ],
      }),
    )
    expect(await page.text()).toContain('No product X-Y (PRODUCT_NOT_FOUND)')
    await page.result({ surprise: 1 })
    expect(await page.text()).toContain('holds no candles that this page can read')
    await page.cancelled()
    expect(await page.text()).toContain('cancelled before its answer came')
    await page.picture('candles-cancelled')
  })

  it('leaves out what it cannot read and counts it, and draws no more than it can', async () => {
    const page = await open('candles', { answer: answerFills })
    const answer = candlesAnswer(5)
    await page.result({ ...answer, open: ['1', '1e999', null, 12, '1.5'], start_unix_s: [1, 2, 3, 4, 1] })
    expect(await page.text()).toContain('4 rows could not be read')
    const huge = candlesAnswer(0)
    const many = Array.from({ length: 3_000 }, (_, index) => index + 1)
    const text = many.map(() => '9'.repeat(50))
    await page.result({ ...huge, start_unix_s: many, open: text, high: text, low: text, close: text, volume: text })
    await page.view.getByText('1000 candles').waitFor()
  })

  it('shows hostile text as text', async () => {
    const page = await open('candles', {
      answer: () =>
        toolResult({
          fills: hostile.map((text, index) =>
            fill(30 + index, 'BUY', '1', '97000.00', { order_id: text, fee_currency: text }),
          ),
        }),
    })
    await page.result(candlesAnswer(60, { granularity: hostile[0], source: hostile[1] }))
    await page.view.getByText(`Your fills: ${hostile.length}`).waitFor()
    for (const text of hostile) await page.result({ error: { code: text, message: text, fix: text }, product_id: text })
    const inside = await page.view.evaluate(() => ({
      tags: [...document.body.querySelectorAll('img,svg,iframe,object,link,script')].length,
      hit: 'hit' in window,
    }))
    expect(inside.tags).toBe(1)
    expect(inside.hit).toBe(false)
    expect(await page.text()).toContain('constructor.constructor')
    for (const sign of ['\u202e', '\u2066', '\u200b', '\u0007']) expect(await page.text()).not.toContain(sign)
    expect(await page.page.evaluate(() => 'hit' in window)).toBe(false)
  })
})
