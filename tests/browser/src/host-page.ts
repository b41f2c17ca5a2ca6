// The host's side in the browser: the library's own bridge around a frame. Bundled and served by the harness.
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge'

/** What a test asks of the host. */
export interface TestHost {
  open(view: string, options: OpenOptions): Promise<void>
  input(args: Record<string, unknown>): Promise<void>
  result(result: Record<string, unknown>): Promise<void>
  cancelled(): Promise<void>
  context(context: Record<string, unknown>): void
  /** Asks a question that every page answers: what was sent before has been read then. */
  teardown(): Promise<void>
  /** Sends a message as some other window would. */
  post(message: unknown): void
  readonly seen: { appName: string; sizes: number[]; links: string[]; asked: string[] }
}

export interface OpenOptions {
  readonly width: number
  readonly context: Record<string, unknown>
  /** Whether pages may call tools. */
  readonly hasTools: boolean
}

declare global {
  interface Window {
    host: TestHost
    /** Answers a tool call of the page; the harness knows how. */
    callTool(name: string, args: unknown): Promise<Record<string, unknown>>
  }
}

let bridge: AppBridge | undefined
let frame: HTMLIFrameElement | undefined
const seen: TestHost['seen'] = { appName: '', sizes: [], links: [], asked: [] }

window.host = {
  seen,
  async open(view, { width, context, hasTools }) {
    frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.style.cssText = `border:0;width:${width}px;height:120px`
    document.body.append(frame)
    const made = new AppBridge(
      null,
      { name: 'test-host', version: '1.0.0' },
      { openLinks: {}, ...(hasTools ? { serverTools: {} } : {}) },
      { hostContext: context },
    )
    bridge = made
    made.oncalltool = async (params) => {
      seen.asked.push(params.name)
      return (await window.callTool(params.name, params.arguments)) as never
    }
    made.onopenlink = async ({ url }) => {
      seen.links.push(url)
      return {}
    }
    made.onsizechange = ({ height }) => {
      if (height === undefined || !frame) return
      seen.sizes.push(height)
      frame.style.height = `${height}px`
    }
    const ready = new Promise<void>((resolve) => {
      made.oninitialized = () => {
        seen.appName = made.getAppVersion()?.name ?? ''
        resolve()
      }
    })
    const target = frame.contentWindow
    if (!target) throw new Error('no window in the frame')
    await made.connect(new PostMessageTransport(target, target))
    frame.src = view
    await ready
  },
  async input(args) {
    await bridge?.sendToolInput({ arguments: args })
    await window.host.teardown()
  },
  async result(result) {
    await bridge?.sendToolResult(result as never)
    await window.host.teardown()
  },
  async cancelled() {
    await bridge?.sendToolCancelled({ reason: 'by a test' })
    await window.host.teardown()
  },
  context: (context) => bridge?.setHostContext(context),
  teardown: async () => void (await bridge?.teardownResource({})),
  post: (message) => frame?.contentWindow?.postMessage(message, '*'),
}
