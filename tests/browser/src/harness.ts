import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Frame, type Page } from 'playwright-core'
import type { OpenOptions } from './host-page.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Where to look at what the pages look like. */
export const PICTURES = process.env['TIDEGATE_PICTURES'] ?? join(tmpdir(), 'tidegate-pages')

/** The browser of this machine, if it has one. */
export const CHROMIUM: string | undefined = [
  process.env['TIDEGATE_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
if (CHROMIUM === undefined && process.env['CHROMIUM_REQUIRED'] === '1') {
  throw new Error('No Chromium here, and CHROMIUM_REQUIRED says that there must be one')
}

/** The policy that a host has to put on a page which declares no outside address (MCP Apps, "Restrictive Default"). */
const HOST_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; object-src 'none'; connect-src 'none'"

export type ToolAnswer = (
  name: string,
  args: Record<string, unknown>,
) => Record<string, unknown> | Promise<Record<string, unknown>>

/** One page in a host, and everything it did that it should not. */
export interface OpenPage {
  readonly page: Page
  readonly view: Frame
  /** Console errors, uncaught errors and broken policies. */
  readonly complaints: readonly string[]
  /** Addresses asked for beyond the page itself. */
  readonly requests: readonly string[]
  input(args: object): Promise<void>
  result(structured: object, rest?: object): Promise<void>
  /** Sends a whole result, as a tool call gave it. */
  send(result: object): Promise<void>
  cancelled(): Promise<void>
  /** Text of the page as it is seen. */
  text(): Promise<string>
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export interface Pages {
  open(
    name: 'candles' | 'order-ticket',
    options?: Partial<OpenOptions> & { readonly answer?: ToolAnswer; readonly html?: string },
  ): Promise<OpenPage>
  /** The built text of a page. */
  html(name: string): string
  close(): Promise<void>
}

/** Builds the pages and a host, and starts a browser. */
export async function startPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-browser-'))
  execFileSync(process.execPath, [join(root, 'packages/web/build.mjs'), '--out', folder], { stdio: 'pipe' })
  const html = (name: string): string => readFileSync(join(folder, `${name}.html`), 'utf8')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./host-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    // The bridge carries parts for servers; none of them runs here.
    platform: 'browser',
  })
  const script = outputFiles[0]?.text ?? ''
  /** Pages that a test brings along. */
  const given: string[] = []
  const server = await serve((path) => {
    if (path === '/host')
      return {
        body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script src="/host.js"></script>',
      }
    if (path === '/host.js') return { body: script, type: 'text/javascript' }
    const view = /^\/view\/([a-z-]+)$/.exec(path)?.[1]
    if (view === undefined) return undefined
    const other = /^given-(x+)$/.exec(view)?.[1]
    return { body: other === undefined ? html(view) : (given[other.length - 1] ?? ''), policy: HOST_POLICY }
  })
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    // As root, as in CI, Chromium has no sandbox of its own.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  mkdirSync(PICTURES, { recursive: true })
  return {
    open: (name, { html: other, ...options } = {}) => {
      if (other === undefined) return open(browser, port, name, options)
      given.push(other)
      return open(browser, port, `given-${'x'.repeat(given.length)}`, options)
    },
    html,
    async close() {
      await browser.close()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function open(
  browser: Browser,
  port: number,
  name: string,
  { answer, ...options }: Partial<OpenOptions> & { readonly answer?: ToolAnswer; readonly html?: string },
): Promise<OpenPage> {
  const { width = 720, context = { theme: 'light' }, hasTools = true } = options
  const page = await browser.newPage({
    viewport: { width: Math.max(width + 16, 376), height: 900 },
    deviceScaleFactor: 2,
  })
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!/\/(host|host\.js|view\/[a-z-]+)$/.test(url)) requests.push(url)
  })
  await page.exposeFunction('callTool', async (tool: string, args: Record<string, unknown>) => {
    if (!answer)
      return { isError: true, content: [{ type: 'text', text: '{"error":{"code":"NONE","message":"no tools"}}' }] }
    return answer(tool, args)
  })
  await page.goto(`http://127.0.0.1:${port}/host`)
  // Another name of the same machine is another origin, and the sandbox makes it none at all.
  const view = `http://localhost:${port}/view/${name}`
  await page.evaluate(([url, given]) => window.host.open(url, given), [view, { width, context, hasTools }] as const)
  const frame = page.frames().find((item) => item.url() === view)
  if (!frame) throw new Error('the frame is not there')
  return {
    page,
    view: frame,
    complaints,
    requests,
    input: (args) => page.evaluate((given) => window.host.input(given as never), args),
    result: (structured, rest = {}) =>
      page.evaluate((given) => window.host.result(given as never), {
        content: [{ type: 'text', text: JSON.stringify(structured) }],
        structuredContent: structured,
        ...rest,
      }),
    send: (result) => page.evaluate((given) => window.host.result(given as never), result),
    cancelled: () => page.evaluate(() => window.host.cancelled()),
    // What a person sees, so hidden parts do not count.
    // biome-ignore lint/performance/useDomNodeTextContent: see above
    text: () => frame.evaluate(() => document.body.innerText),
    async picture(file) {
      // The host makes the frame as high as the page says, then the browser draws.
      await page.waitForTimeout(250)
      await page.locator('iframe').screenshot({ path: join(PICTURES, `${file}.png`) })
    },
    close: () => page.close(),
  }
}

/** Source of the accessibility checker, to be run inside a frame. */
export function axeSource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
}

interface Served {
  readonly body: string
  readonly type?: string
  readonly policy?: string
}

async function serve(find: (path: string) => Served | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    const found = find(request.url ?? '')
    if (!found) return void response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': `${found.type ?? 'text/html'}; charset=utf-8`,
      ...(found.policy === undefined ? {} : { 'content-security-policy': found.policy }),
    })
    response.end(found.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  return server
}
