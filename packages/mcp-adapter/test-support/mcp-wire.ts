/** An answer as it comes over the wire. */
export interface Answer {
  readonly result?: Record<string, unknown>
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> }
}

export const serverInfo = { name: 'tidegate', version: '0.1.0' }

/** What every request of the 2026 era carries. */
export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '0' },
}

export const initialize = {
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '0' } },
}

export const marketBuy = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' }

/** A list out of a result. */
export function listOf(answer: Answer, name: string): readonly { readonly name: string }[] {
  const list = answer.result?.[name]
  if (!Array.isArray(list)) throw new Error(`no ${name} in ${JSON.stringify(answer)}`)
  return list as readonly { name: string }[]
}

/** The text of a tool's first content, parsed. */
export function contentOf(answer: Answer): unknown {
  const content = answer.result?.['content'] as readonly { readonly text: string }[] | undefined
  return JSON.parse(content?.[0]?.text ?? 'null')
}
