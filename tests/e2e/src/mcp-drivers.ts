import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport as AiSdkStdio } from '@ai-sdk/mcp/mcp-stdio'
import { StreamableHTTPClientTransport as ModernHttp, Client as TwoEraClient } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { createRuntime } from 'mcporter'
import { cleanEnv, connectHttpV1, connectStdioV1, type Found, onCleanup, stdioMain } from './harness.js'

/** Where a client finds our server: a home to start it on, or an address with a token. */
export type Target = { readonly home: string } | { readonly mcpUrl: string; readonly token: string }

/** What every client can do, whoever wrote it. */
export interface Driver {
  /** The protocol revision that client and server agreed on, where the client tells. */
  readonly revision: string | undefined
  tools(): Promise<readonly string[]>
  read(uri: string): Promise<Found>
  /** Structured content of a call; clients that show a model only text get the same JSON there. */
  call(name: string, args: Record<string, unknown>): Promise<Found>
  /** Follows a URI; `changed` is the first URI that is said to have changed. Absent: the client cannot. */
  readonly follow?: (uri: string) => Promise<{ readonly changed: Promise<string> }>
}

const asStdio = (home: string) => ({ command: process.execPath, args: [stdioMain], env: cleanEnv(home) })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const info = { name: 'e2e', version: '0' }

interface Answered {
  readonly content?: unknown
  readonly structuredContent?: unknown
}

/** Both forms of a result have to say the same. */
function foundIn({ content, structuredContent }: Answered): Found {
  const text = (content as readonly { readonly text: string }[] | undefined)?.[0]?.text ?? ''
  const parsed = JSON.parse(text) as Found
  if (structuredContent !== undefined && JSON.stringify(structuredContent) !== text) {
    throw new Error('structuredContent and text differ')
  }
  return parsed
}

function contentsIn(result: unknown): Found {
  const { contents } = result as { readonly contents: readonly { readonly text: string }[] }
  return JSON.parse(contents[0]?.text ?? '') as Found
}

/** `@modelcontextprotocol/sdk` 1.x: the 2025 era. */
export async function driveSdkOne(target: Target): Promise<Driver> {
  const client =
    'home' in target ? (await connectStdioV1(target.home)).client : await connectHttpV1(target.mcpUrl, target.token)
  return { ...sdkOne(client), revision: undefined }
}

function sdkOne(client: Client): Omit<Driver, 'revision'> {
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    read: async (uri) => contentsIn(await client.readResource({ uri })),
    call: async (name, args) => foundIn((await client.callTool({ name, arguments: args })) as Answered),
    async follow(uri) {
      const changed = new Promise<string>((resolve) => {
        client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => resolve(params.uri))
      })
      await client.subscribeResource({ uri })
      return { changed }
    },
  }
}

/** `@modelcontextprotocol/client` 2.x, held to one of its two eras. */
export async function driveTwoEras(target: Target, mode: 'legacy' | { readonly pin: string }): Promise<Driver> {
  const client = new TwoEraClient(info, { versionNegotiation: { mode } })
  const transport =
    'home' in target
      ? new ModernStdio({ ...asStdio(target.home), stderr: 'ignore' })
      : new ModernHttp(new URL(target.mcpUrl), { requestInit: { headers: bearer(target.token) } })
  await client.connect(transport)
  onCleanup(() => client.close())
  return {
    revision: client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    read: async (uri) => contentsIn(await client.readResource({ uri })),
    call: async (name, args) => foundIn((await client.callTool({ name, arguments: args })) as Answered),
    async follow(uri) {
      const changed = new Promise<string>((resolve) => {
        client.setNotificationHandler('notifications/resources/updated', ({ params }) => resolve(params.uri))
      })
      if (mode === 'legacy') await client.subscribeResource({ uri })
      else await client.listen({ resourceSubscriptions: [uri] })
      return { changed }
    },
  }
}

/** `@ai-sdk/mcp`: protocol code of its own, without subscriptions. */
export async function driveAiSdk(target: Target): Promise<Driver> {
  const client = await createMCPClient({
    transport:
      'home' in target
        ? new AiSdkStdio({ ...asStdio(target.home), stderr: 'ignore' })
        : { type: 'http', url: target.mcpUrl, headers: bearer(target.token) },
  })
  onCleanup(() => client.close())
  return {
    revision: undefined,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    read: async (uri) => contentsIn(await client.readResource({ uri })),
    async call(name, args) {
      const tool = (await client.tools())[name]
      if (!tool) throw new Error(`${name} is not offered`)
      return foundIn((await tool.execute(args, { toolCallId: 'one', messages: [] })) as Answered)
    },
  }
}

/** `mcporter`: calls tools for scripts; resources through the client it holds. */
export async function driveMcporter(target: Target): Promise<Driver> {
  const name = 'tidegate'
  const runtime = await createRuntime({
    servers: [
      'home' in target
        ? {
            name,
            command: { kind: 'stdio', cwd: target.home, ...pick(asStdio(target.home)) },
            env: cleanEnv(target.home),
          }
        : { name, command: { kind: 'http', url: new URL(target.mcpUrl), headers: bearer(target.token) } },
    ],
  })
  onCleanup(() => runtime.close())
  return {
    revision: undefined,
    tools: async () => (await runtime.listTools(name)).map((tool) => tool.name),
    read: async (uri) => contentsIn(await (await runtime.connect(name)).client.readResource({ uri })),
    call: async (tool, args) => foundIn((await runtime.callTool(name, tool, { args })) as Answered),
  }
}

function pick({ command, args }: ReturnType<typeof asStdio>): { readonly command: string; readonly args: string[] } {
  return { command, args }
}
