// The least that answers `initialize`: what no MCP server can start faster than on this machine.
let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  rest += chunk
  for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
    const { id, method, params } = JSON.parse(rest.slice(0, end)) as {
      readonly id?: number
      readonly method: string
      readonly params: { readonly protocolVersion: string }
    }
    rest = rest.slice(end + 1)
    if (method !== 'initialize') continue
    const { protocolVersion } = params
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bare', version: '1.0.0' } }
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`)
  }
})
process.stdin.on('end', () => process.exit(0))
