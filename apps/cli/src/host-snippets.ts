import type { Endpoint } from '@tidegate/gateway'
import { stdioEntry } from './stdio-entry.js'

/** What to paste into each host: first the running server over HTTP, then the stdio server that needs nothing running. */
export function hostSnippets(endpoint: Endpoint): readonly string[] {
  const stdio = stdioEntry()
  const servers = JSON.stringify({ mcpServers: { tidegate: { command: 'node', args: [stdio] } } })
  return [
    '',
    `MCP URL        ${endpoint.mcpUrl}`,
    `Token          ${endpoint.agentToken}`,
    '',
    'Claude Code    ' +
      `claude mcp add --transport http tidegate ${endpoint.mcpUrl} --header "Authorization: Bearer ${endpoint.agentToken}"`,
    `               or without this server: claude mcp add tidegate -- node ${stdio}`,
    `Claude Desktop claude_desktop_config.json: ${servers}`,
    `Cursor         .cursor/mcp.json: ${servers}`,
    `VS Code        .vscode/mcp.json: ${JSON.stringify({ servers: { tidegate: { type: 'stdio', command: 'node', args: [stdio] } } })}`,
    '',
  ]
}
