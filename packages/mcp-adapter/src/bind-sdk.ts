// Everything behind this door and in the folder beside it knows the MCP SDK; nothing else does.
export { createMcpHttpHandler, type McpHttpHandler, type McpHttpOptions } from './bind-sdk/serve-http.js'
export type { ServerInfo } from './bind-sdk/serve-options.js'
export { type McpStdioOptions, type McpStdioServer, serveMcpStdio } from './bind-sdk/serve-stdio.js'
