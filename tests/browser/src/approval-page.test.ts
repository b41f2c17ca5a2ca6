import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, enrollApprover, type Home, loadConfig, openHome } from '@tidegate/gateway'
import { HOTP, Secret } from 'otpauth'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { axeSource, CHROMIUM, PICTURES } from './harness.js'

const runtime = createRuntime()
const TRADER = { name: 'momentum', role: 'trader' } as const

interface Running {
  readonly home: Home
  readonly url: string
  readonly operatorToken: string
  readonly tokenOf: (agent: string) => Promise<string>
  /** A code of ann's authenticator that was not used before. */
  readonly code: () => string
  /** Six digits that are no code of ann's now, nor soon. */
  readonly wrongCode: () => string
  /** Places an order that waits; the address of its page. */
  readonly place: () => Promise<{ readonly id: string; readonly url: string }>
  readonly stateOf: (id: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** A text of an answer. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`not a text: ${JSON.stringify(value)}`)
  return value
}

/** A real gateway on the built-in exchange, with an enrolled approver. */
async function start(approvals: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-approve-'))
  const file = `
approvals: ${approvals}
policy: { max_orders_per_minute: 100, max_value_per_day: 1000000 }
agents: { momentum: { role: trader }, ann: { role: approver }, bob: { role: approver } }
`
  const config = loadConfig({
    flags: { home: join(folder, 'home'), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
    env: {},
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })
  const secret = new URL(enrollApprover(config, runtime, 'ann').uri).searchParams.get('secret') ?? ''
  const home = openHome(config, { as: 'serve', quiet: true })
  const { url, operatorToken } = await home.endpoint()
  let size = 600
  let lastStep = 0
  const stepNow = (): number => Math.floor(Date.now() / 30_000)
  const codeOf = (counter: number): string => HOTP.generate({ secret: Secret.fromBase32(secret), counter })
  return {
    home,
    url,
    operatorToken,
    tokenOf: async (agent) => textOf((await home.control.call('tokens_create', { agent }))['token']),
    code() {
      lastStep = Math.max(lastStep + 1, stepNow() - 1)
      // A later one is refused: a suite that uses codes faster than they come would fail for that.
      if (lastStep > stepNow() + 1) throw new Error('the clock has no more unused codes for now')
      return codeOf(lastStep)
    },
    wrongCode() {
      const right = [-2, -1, 0, 1, 2, 3].map((from) => codeOf(stepNow() + from))
      return (
        ['000000', '111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !right.includes(code)) ??
        ''
      )
    },
    async place() {
      size++
      const order = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: String(size) }
      const { structured } = await home.mcp.callTool(TRADER, 'place_order', order)
      return { id: textOf(structured['intent_id']), url: textOf(structured['approval_url']) }
    },
    stateOf: async (id) => (await home.mcp.callTool(TRADER, 'get_orders', { order_id: id })).structured['state'],
    async close() {
      await home.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.skipIf(CHROMIUM === undefined)('the page for approvals, in Chromium', () => {
  let gateway: Running
  let browser: Browser
  let token: string
  const pages: Page[] = []
  /** What pages said in the console and what they asked for beyond their own door. */
  const complaints: string[] = []

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    gateway = await start('{ require_totp: true }')
    token = await gateway.tokenOf('ann')
    browser = await chromium.launch({
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
    expect(complaints.splice(0)).toEqual([])
  })

  async function open(url: string, options: { readonly dark?: boolean; readonly width?: number } = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 800, height: 900 },
      colorScheme: options.dark ? 'dark' : 'light',
    })
    const page = await context.newPage()
    pages.push(page)
    // The browser itself writes a refused request into the console; the page has a sentence for it.
    page.on('console', (message) => {
      const isRefusal = message.text().startsWith('Failed to load resource')
      if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (new URL(request.url()).host !== new URL(url).host) complaints.push(request.url())
    })
    await page.goto(url)
    // Whoever comes can type at once.
    await page.waitForFunction(() => document.activeElement?.id === 'token')
    return page
  }
  const told = (page: Page) => page.locator('#message')
  const says = async (page: Page, words: RegExp): Promise<void> => {
    await page.waitForFunction(
      ([source]) => new RegExp(source).test(document.getElementById('message')?.textContent ?? ''),
      [words.source] as const,
      { timeout: 30_000 },
    )
  }
  /** Logs in with the keyboard alone. */
  const logIn = async (page: Page, given = token): Promise<void> => {
    await page.keyboard.type(given)
    await page.keyboard.press('Enter')
    await page.locator('#decide').waitFor()
  }

  it('shows nothing of an order before somebody logged in, and then all of it', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    expect(await page.locator('main').textContent()).not.toMatch(/BUY|MARKET|momentum/)
    expect(await page.locator('#order').isVisible()).toBe(false)
    await page.screenshot({ path: join(PICTURES, 'approve-log-in.png'), fullPage: true })
    await logIn(page)
    // What a person sees, so hidden parts do not count.
    // biome-ignore lint/performance/useDomNodeTextContent: see above
    const text = (await page.locator('#order').innerText()).replaceAll(/\s+/g, ' ')
    for (const words of [
      'BUY BTC for 601 USD',
      'paper (no real money)',
      'Asked for by momentum',
      'Order type MARKET',
      'Price band',
    ])
      expect(text).toContain(words)
    expect(text).toMatch(/Hash begins with [0-9a-f]{12}/)
    const left = Number(/Time left: (\d+) s/.exec(text)?.[1])
    expect(left > 0 && left <= 120).toBe(true)
    await page.screenshot({ path: join(PICTURES, 'approve-order.png'), fullPage: true })
    expect(await gateway.stateOf(id)).toBe('AWAITING_APPROVAL')
  })

  it('approves with a real code and no mouse, and keeps neither token nor code', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    await logIn(page)
    // Where the cursor stands the code goes.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('code')
    await page.keyboard.type(gateway.code())
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('approve')
    await page.keyboard.press('Enter')
    await says(page, /^Approved by ann\. The order is [A-Z]+\.$/)
    await page.screenshot({ path: join(PICTURES, 'approve-approved.png'), fullPage: true })
    expect(await page.locator('#decide').isVisible()).toBe(false)
    const kept = await page.evaluate(() => [
      ...[...document.querySelectorAll('input')].map(({ value }) => value),
      document.cookie,
      String(localStorage.length + sessionStorage.length),
      location.search + location.hash,
    ])
    expect(kept).toEqual(['', '', '', '', '0', ''])
    await expect.poll(() => gateway.stateOf(id), { timeout: 20_000 }).toBe('FILLED')
  })

  it('denies without a code', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    await logIn(page)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await says(page, /^Denied by ann\. Nothing was sent\.$/)
    expect(await gateway.stateOf(id)).toBe('APPROVAL_DENIED')
  })

  it('says in one sentence what was wrong with a code or a token, and lets one go on', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    await page.keyboard.press('Enter')
    await says(page, /^Paste a token first\.$/)
    await page.keyboard.type('tgt_wrong')
    await page.keyboard.press('Enter')
    await says(page, /^This token is not valid here\. Paste the whole token, without spaces\.$/)
    await page.locator('#token').fill(await gateway.tokenOf('momentum'))
    await page.keyboard.press('Enter')
    await says(page, /^This token may not decide about orders/)
    await page.locator('#token').fill(token)
    await page.keyboard.press('Enter')
    await page.locator('#decide').waitFor()
    await page.keyboard.press('Enter')
    await says(page, /^An approval needs the six digits/)
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await says(page, /^A code is six digits/)
    await page.locator('#code').fill(gateway.wrongCode())
    await page.keyboard.press('Enter')
    await says(page, /^Wrong code\. Nothing was decided/)
    await page.screenshot({ path: join(PICTURES, 'approve-wrong-code.png'), fullPage: true })
    expect(await gateway.stateOf(id)).toBe('AWAITING_APPROVAL')
  })

  it('takes the operator’s token with a name, and says so without one', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    await logIn(page, gateway.operatorToken)
    const code = gateway.code()
    await page.keyboard.type(code)
    await page.keyboard.press('Enter')
    await says(page, /^With the operator’s token an approval needs the name/)
    await page.locator('#name').fill('ann')
    // Nobody was named, so nobody's code was used up.
    await page.locator('#code').fill(code)
    await page.locator('#code').press('Enter')
    await says(page, /^Approved by ann/)
    await expect.poll(() => gateway.stateOf(id), { timeout: 20_000 }).toBe('FILLED')
  })

  it('says who was faster, and that one changed nothing', async () => {
    const { id, url } = await gateway.place()
    const page = await open(url)
    await logIn(page)
    await gateway.home.control.call('approvals_deny', { intent_id: id })
    await page.keyboard.type(gateway.code())
    await page.keyboard.press('Enter')
    await says(page, /^(Somebody decided before you|The order is over)/)
    const late = await open(url)
    await late.keyboard.type(token)
    await late.keyboard.press('Enter')
    await says(late, /^Denied by operator\. Nothing was sent\.$/)
    expect(await late.locator('#decide').isVisible()).toBe(false)
  })

  it('is not shown in a frame of anybody', async () => {
    const { url } = await gateway.place()
    const page = await (await browser.newContext()).newPage()
    pages.push(page)
    await page.setContent(`<iframe src="${url}" width="600" height="400"></iframe>`)
    await page.waitForTimeout(500)
    const [, frame] = page.frames()
    expect(await frame?.locator('#token').count()).toBe(0)
  })

  it('is accessible, fits a telephone and reads in the dark', async () => {
    const { url } = await gateway.place()
    const page = await open(url, { dark: true, width: 360 })
    await logIn(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await page.screenshot({ path: join(PICTURES, 'approve-dark-360.png'), fullPage: true })
    for (const opened of [page, await open(url)]) {
      // The policy of the page lets no script in: the checker runs beside it, in a world of its own.
      const checker = await opened.context().newCDPSession(opened)
      const { frameTree } = await checker.send('Page.getFrameTree')
      const { executionContextId } = await checker.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id })
      await checker.send('Runtime.evaluate', { contextId: executionContextId, expression: axeSource() })
      const { result } = await checker.send('Runtime.evaluate', {
        contextId: executionContextId,
        awaitPromise: true,
        returnByValue: true,
        expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) =>
          ({ found: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')), passed: passes.length }))`,
      })
      const { found, passed } = result.value as { found: string[]; passed: number }
      expect(found).toEqual([])
      expect(passed).toBeGreaterThan(10)
    }
  })

  it('is the last word: what it says stands in its message', async () => {
    const page = await open(`${gateway.url}/approve/nothing-here`)
    await page.keyboard.type(token)
    await page.keyboard.press('Enter')
    await says(page, /^There is no such order here\.$/)
    expect(await told(page).getAttribute('role')).toBe('status')
  })
})
