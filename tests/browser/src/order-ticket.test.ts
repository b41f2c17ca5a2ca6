import { INTENT_STATES } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { axeSource, CHROMIUM, type OpenPage, type Pages, startPages } from './harness.js'
import { awaiting, beside, checkDenied, checkPassed, hostile, limitOrder, placement, toolResult } from './samples.js'

describe.skipIf(CHROMIUM === undefined)('the order ticket, in Chromium', () => {
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
  const open = async (options: Parameters<Pages['open']>[1] = {}): Promise<OpenPage> => {
    const page = await pages.open('order-ticket', options)
    opened.push(page)
    return page
  }
  const standing = (page: OpenPage): Promise<string> =>
    page.view.locator('.standing strong').innerText({ timeout: 5_000 })
  const rows = (page: OpenPage): Promise<string[][]> =>
    page.view
      .locator('table tbody tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')))

  it('shows what was asked while there is no answer', async () => {
    const page = await open()
    await page.input(limitOrder)
    expect(await standing(page)).toBe('Asking')
    const text = await page.text()
    for (const word of ['Order: BUY BTC-USD', '0.15 BTC', '97001.00 USD', 'GTC']) expect(text).toContain(word)
    expect(text).toContain('Account not named: take it for real money')
  })

  it('shows a check with every limit, what was asked and what is allowed', async () => {
    const page = await open()
    await page.input({ product_id: 'BTC-USD', side: 'BUY', size: '0.15', price: '97001.00' })
    await page.result(checkPassed)
    expect(await standing(page)).toBe('Would pass')
    expect(await rows(page)).toContainEqual(['passed', 'Share of one position', '12.318227 %', '25 %'])
    expect(await rows(page)).toContainEqual(['passed', 'Trading switched on', 'ACTIVE', 'ACTIVE'])
    const text = await page.text()
    for (const word of [
      '0 of 8 said no',
      '14637.4509 USD',
      '87.3009 USD',
      '0.006 of the value',
      'nothing was placed',
      'Paper: no real money',
    ])
      expect(text).toContain(word)
    await page.picture('ticket-check-light')
  })

  it('shows the limits that said no first, with what would pass', async () => {
    const page = await open({ width: 360, context: { theme: 'dark' } })
    await page.input({ product_id: 'BTC-USD', side: 'BUY', size: '0.15', price: '97001.00' })
    await page.result(checkDenied)
    expect(await standing(page)).toBe('Would be denied')
    expect((await rows(page))[0]).toEqual(['said no', 'Value of one order', '14550.15 USD', '1000 USD'])
    expect(await page.text()).toContain('To pass: send at most 0.01030906 BTC.')
    const [scroll, width] = await page.view.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(scroll).toBe(width)
    await page.picture('ticket-denied-dark-360')
  })

  it('says who must approve and until when, and offers no way to do it here', async () => {
    const page = await open()
    await page.input(limitOrder)
    await page.result(awaiting({ env: 'production' }), beside)
    expect(await standing(page)).toBe('Waits for a person')
    const text = await page.text()
    expect(text).toMatch(/Until 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC, (10 min 0|9 min 5\d) s from now\./)
    for (const word of [
      'REAL MONEY',
      'tidegate approvals show 0197a2b4',
      '9b1c6f0e2a7d4c55',
      'Neither the agent nor this page can',
    ])
      expect(text).toContain(word)
    expect((await rows(page)).length).toBe(8)
    const active = await page.view
      .locator('button, a, input, form, select, textarea, [role="button"], [contenteditable]')
      .evaluateAll((found) => found.map((element) => element.textContent))
    expect(active).toEqual(['Read its state again'])
    await page.picture('ticket-awaiting-light')
  })

  it('stops saying that it waits when the time is over', async () => {
    const page = await open()
    await page.result(awaiting({ approval_expires_at: new Date(Date.now() + 2_500).toISOString() }))
    expect(await standing(page)).toBe('Waits for a person')
    await page.view.getByText('Time to approve is over').waitFor({ timeout: 10_000 })
    expect(await page.text()).toContain('It was until 2')
  })

  it('reads how it stands now with get_orders and nothing else, and says who approved', async () => {
    const calls: unknown[] = []
    const page = await open({
      answer: (name, args) => {
        calls.push([name, args])
        return toolResult({
          intent_id: '0197a2b4-5c6d-7e8f-9012-3456789abcde',
          order_id: 'venue-7',
          product_id: 'BTC-USD',
          side: 'BUY',
          state: 'FILLED',
          filled_size: '0.15',
          filled_value: '14549.5500001',
          average_filled_price: '96997.000000667',
          total_fees: '87.2973',
          needs_approval: true,
          approved_by: 'mara',
          env: 'paper',
        })
      },
    })
    await page.input(limitOrder)
    await page.result(awaiting())
    await page.view.getByRole('button').click()
    await page.view.getByText('Read: FILLED.').waitFor()
    expect(await standing(page)).toBe('Filled')
    const text = await page.text()
    for (const word of ['Approved by mara.', '96997.000000667 USD', '14549.5500001 USD']) expect(text).toContain(word)
    expect(calls).toEqual([['get_orders', { order_id: '0197a2b4-5c6d-7e8f-9012-3456789abcde' }]])
  })

  it('has no button where pages may ask for nothing, and says what a refused read means', async () => {
    const mute = await open({ hasTools: false })
    await mute.result(awaiting())
    expect(await mute.view.getByRole('button').count()).toBe(0)
    const refused = await open()
    await refused.result(awaiting())
    await refused.view.getByRole('button').click()
    await refused.view.getByText('no tools (NONE)').waitFor()
    expect(await standing(refused)).toBe('Waits for a person')
  })

  it('keeps denied, rejected, unknown, not sent, accepted and dry run apart', async () => {
    const page = await open()
    const seen: Record<string, string> = {}
    for (const outcome of ['accepted', 'denied', 'rejected', 'unknown', 'not_sent', 'dry_run', 'nonsense']) {
      await page.result(placement(outcome))
      seen[outcome] = await standing(page)
    }
    expect(seen).toEqual({
      accepted: 'Open',
      denied: 'Denied',
      rejected: 'Rejected',
      unknown: 'Unknown',
      not_sent: 'Not sent yet',
      dry_run: 'Dry run',
      nonsense: 'Cannot be read',
    })
    await page.result(
      placement('unknown', {
        success: false,
        state: 'UNKNOWN',
        error: {
          code: 'ERR_VENUE_OUTCOME_UNKNOWN',
          message: 'The order was sent and no verdict came back; it may be live.',
        },
      }),
    )
    expect(await page.text()).toContain('Do not place it again')
    await page.picture('ticket-unknown-light')
  })

  it('takes a fault of the call that leaves doubt for doubt, and a cancelled call for no news', async () => {
    const page = await open()
    const text = JSON.stringify({
      success: false,
      outcome: 'unknown',
      error: { code: 'ERR_INVARIANT', message: 'Something went wrong inside Tidegate' },
      next: 'The order may or may not exist.',
    })
    await page.page.evaluate(
      (given) => window.host.result({ isError: true, content: [{ type: 'text', text: given }] }),
      text,
    )
    expect(await standing(page)).toBe('Unknown')
    const other = await open()
    await other.input(limitOrder)
    await other.cancelled()
    expect(await standing(other)).toBe('Call cancelled')
    expect(await other.text()).toContain('That says nothing about the order')
  })

  it('knows every state an order may be in', async () => {
    let state = ''
    const page = await open({ answer: () => toolResult({ state, intent_id: 'i', env: 'paper' }) })
    await page.result(awaiting())
    for (const each of INTENT_STATES) {
      state = each
      await page.view.getByRole('button').click()
      await page.view.getByText(`Read: ${each}.`, { exact: true }).waitFor()
      expect(await standing(page), each).not.toBe('Cannot be read')
    }
  })

  it('shows hostile text as text, the exchange’s as a quotation', async () => {
    const page = await open({ context: { theme: 'dark' } })
    for (const text of hostile) {
      await page.input({ ...limitOrder, product_id: text, side: text, size: text })
      await page.result(
        placement('rejected', {
          product_id: text,
          env: text,
          intent_id: text,
          denials: [{ code: text, limit: text, actual: text, unit: text, message: text, cure: text }],
          untrusted_venue_text: { reason: text },
          next: text,
        }),
        {
          _meta: { 'tidegate/page': { findings: [{ rule: text, limit: text, actual: text, unit: text }], terms: {} } },
        },
      )
    }
    expect(
      await page.view.evaluate(() => [document.querySelectorAll('body img,body svg,iframe').length, 'hit' in window]),
    ).toEqual([0, false])
    expect(await page.page.evaluate(() => 'hit' in window)).toBe(false)
    await page.result(placement('rejected', { untrusted_venue_text: { reason: hostile[0] } }))
    expect(await page.view.locator('blockquote').textContent()).toBe(hostile[0])
    expect(await page.text()).not.toContain('\u202e')
    await page.picture('ticket-hostile-dark')
  })

  it('reads nothing from messages that are not the host’s protocol', async () => {
    const page = await open()
    await page.result(checkPassed)
    for (const message of [
      null,
      'x',
      7,
      [],
      { jsonrpc: '1.0' },
      { jsonrpc: '2.0', method: 'ui/notifications/tool-result', params: 3 },
      { jsonrpc: '2.0', id: 99, result: {} },
    ]) {
      await page.page.evaluate((given) => window.host.post(given), message)
    }
    await page.page.evaluate(() => window.host.teardown())
    // A result without content is no news: the ticket says so instead of keeping the verdict before it.
    expect(await standing(page)).toBe('Cannot be read')
  })

  it('takes the host’s colours over together or not at all, and nothing that loads', async () => {
    const back = (page: OpenPage): Promise<string> =>
      page.view.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const palette = {
      '--color-background-primary': 'light-dark(#fffef0, #101820)',
      '--color-background-secondary': '#eee',
      '--color-text-primary': '#111',
      '--color-text-secondary': '#444',
      '--color-border-primary': '#ccc',
    }
    const whole = await open({ context: { theme: 'light', styles: { variables: palette } } })
    expect(await back(whole)).toBe('rgb(255, 254, 240)')
    await whole.page.evaluate(() => window.host.context({ theme: 'dark' }))
    await expect.poll(() => back(whole)).toBe('rgb(16, 24, 32)')
    const half = await open({
      context: { theme: 'light', styles: { variables: { '--color-background-primary': '#000' } } },
    })
    expect(await back(half)).toBe('rgb(255, 255, 255)')
    const loads = { ...palette, '--color-background-primary': 'url(https://evil.example/x)' }
    const bad = await open({ context: { theme: 'light', styles: { variables: loads } } })
    expect(await back(bad)).toBe('rgb(255, 255, 255)')
  })

  it.each(['light', 'dark'])('is readable for everybody, %s', async (theme) => {
    const page = await open({ context: { theme } })
    await page.input(limitOrder)
    for (const [answer, rest] of [
      [awaiting(), beside],
      [checkDenied, {}],
      [placement('unknown'), {}],
    ] as const) {
      await page.result(answer, rest)
      await page.view.evaluate(axeSource())
      const faults = await page.view.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
        }
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      })
      expect(faults).toEqual([])
    }
  })
})
