/** A page that a host may show beside a tool's answer. */
export interface PageDefinition {
  readonly name: 'candles' | 'order-ticket'
  readonly uri: string
  readonly title: string
  readonly description: string
  /** The tools whose answers it shows. */
  readonly tools: readonly string[]
}

/** The one type of content that MCP Apps knows. */
export const PAGE_MIME_TYPE = 'text/html;profile=mcp-app'

/** The pages there are. They only show: none has a way to approve, place or change anything. */
export const pages: readonly PageDefinition[] = [
  {
    name: 'candles',
    uri: 'ui://tidegate/candles',
    title: 'Candles',
    description: 'Candles with volume and the caller’s own fills marked.',
    tools: ['get_historical_candles'],
  },
  {
    name: 'order-ticket',
    uri: 'ui://tidegate/order-ticket',
    title: 'Order ticket',
    description: 'What an order does, what each limit says, who must approve and until when.',
    tools: ['place_order', 'edit_order', 'check_trade_risk'],
  },
]

/** The page that answers to a URI. */
export function pageOf(uri: string): PageDefinition | undefined {
  return pages.find((page) => page.uri === uri)
}

/** The page for a tool's answers. */
export function pageFor(tool: string): PageDefinition | undefined {
  return pages.find((page) => page.tools.includes(tool))
}
