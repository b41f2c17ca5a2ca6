import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

export type Found = Readonly<Record<string, unknown>>

/** The two doors the tour uses: an agent's MCP connection, and the operator's. */
export interface TourClient {
  /** Calls a tool over MCP; gives its structured content. */
  tool(name: string, args: Readonly<Record<string, unknown>>): Promise<Found>
  /** Reads a resource over MCP. */
  resource(uri: string): Promise<Found>
  toolNames(): Promise<readonly string[]>
  protocolVersion(): string
  close(): Promise<void>
}

/** Connects a real MCP client over HTTP, with the agent's token. */
export async function connectTourClient(mcpUrl: string, token: string): Promise<TourClient> {
  const client = new Client({ name: 'tidegate-tour', version: '0.1.0' })
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  await client.connect(transport)
  return {
    tool: async (name, args) => {
      const result = await client.callTool({ name, arguments: { ...args } })
      return (result.structuredContent ?? parseText(result.content)) as Found
    },
    resource: async (uri) => {
      const { contents } = await client.readResource({ uri })
      const first = contents[0]
      return JSON.parse(first && 'text' in first ? String(first.text) : '{}') as Found
    },
    toolNames: async () => (await client.listTools()).tools.map((tool) => tool.name),
    protocolVersion: () => String(client.getNegotiatedProtocolVersion?.() ?? 'unknown'),
    close: () => client.close(),
  }
}

function parseText(content: unknown): unknown {
  const first = Array.isArray(content) ? (content[0] as { text?: string } | undefined) : undefined
  return first?.text ? JSON.parse(first.text) : {}
}
