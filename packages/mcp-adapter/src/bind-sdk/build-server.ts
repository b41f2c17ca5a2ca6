import {
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { BaseError, type Principal } from '@tidegate/trading-model'
import type { Json, JsonObject, SurfaceBackend } from '../backend.js'
import { extendLists, extendServer } from '../serve/extension.js'
import { toolsByName, wireLists } from '../serve/wire-lists.js'
import { describeError, toToolResult } from '../to-tool-result.js'
import { askPerson } from './ask-person.js'
import { leashOf } from './leash.js'
import { offerPages } from './offer-pages.js'
import { noLog, type ServerOptions } from './serve-options.js'

const LISTS_TTL_MS = 300_000

/** Delivers 2025-era notices. */
export interface Subscriber {
  subscribe(uri: string): void
  unsubscribe(uri: string): void
}

/** One protocol instance over prebuilt lists. `subscriber` is present where 2025-era notices can be delivered. */
export function buildServer(
  era: McpRequestContext['era'],
  options: ServerOptions,
  principal: Principal,
  backend: () => Promise<SurfaceBackend>,
  subscriber?: Subscriber,
): Server {
  const log = options.log ?? noLog
  const lists = extendLists(wireLists(principal, options.adminTrades, options.offeredTools), options.extension)
  const lasting = { ttlMs: LISTS_TTL_MS, cacheScope: 'private' as const }
  const server = new Server(options.serverInfo, {
    capabilities: {
      tools: {},
      resources: { subscribe: era === 'modern' || subscriber !== undefined },
      prompts: {},
      completions: {},
      ...options.extension?.capabilities,
    },
    ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
    cacheHints: {
      'tools/list': lasting,
      'resources/list': lasting,
      'resources/templates/list': lasting,
      'prompts/list': lasting,
    },
    // Only elicitation needs one and there is none; building the default for every request costs more than the request.
    jsonSchemaValidator: {
      getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'no schema is validated here' }),
    },
  })
  extendServer(server, options.extension, { era, principal })
  const page = offerPages(server, era, options.pages)
  // The lists are data of ours in the protocol's shape; the casts say so once, here.
  server.setRequestHandler('tools/list', (_, context) => ({ tools: page.tools(lists.tools, context) as never }))
  server.setRequestHandler('resources/list', (_, context) => ({
    resources: page.resources(lists.resources, context) as never,
  }))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: lists.resourceTemplates as never }))
  server.setRequestHandler('prompts/list', () => ({ prompts: lists.prompts as never }))

  const person = askPerson(server, { era, options, principal, backend, staysOpen: subscriber !== undefined })
  // Only calls that wait get the request's abort signal: it also fires when the transport closes, and an order goes on then.
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    if (!toolsByName.has(params.name) || options.offeredTools?.has(params.name) === false) {
      // Told of what is there for this principal, and of nothing else.
      const exists = lists.tools.map((tool) => (tool as { readonly name: string }).name).join(', ')
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool. What exists: ${exists}`)
    }
    const args = (params.arguments ?? {}) as JsonObject
    const answered = await person.answered(params.name, args, context)
    const outcome = answered ?? (await person.ask(await callTool(params.name, args, context), args, context))
    if ('resultType' in outcome) return outcome
    const content = [{ type: 'text' as const, text: JSON.stringify(outcome.structured) }]
    return outcome.isError
      ? { content, isError: true }
      : { content, structuredContent: outcome.structured as Record<string, Json>, ...page.beside(outcome, context) }
  })
  const callTool = async (name: string, args: JsonObject, context: ServerContext) => {
    const leash = toolsByName.get(name)?.waits ? leashOf(context, options.closing, log) : undefined
    let opened: SurfaceBackend | undefined
    try {
      opened = await backend()
      return await opened.callTool(principal, name, args, leash?.control)
    } catch (error) {
      // What a backend throws was lost on the way to it or back; before there was one, nothing was asked of anybody.
      return toToolResult(error, log, name, opened ? toolsByName.get(name)?.onFault?.(error, true) : undefined)
    } finally {
      leash?.letGo()
    }
  }
  server.setRequestHandler('resources/read', async ({ params }) => {
    const shown = page.read(params.uri)
    if (shown) return guard(params.uri, () => shown as Promise<never>)
    const outcome = await guard(params.uri, async () => (await backend()).readResource(principal, params.uri))
    return { contents: [{ uri: outcome.uri, mimeType: outcome.mimeType, text: outcome.text }] }
  })
  server.setRequestHandler('prompts/get', async ({ params }) => {
    const args = params.arguments ?? {}
    const outcome = await guard(undefined, async () => (await backend()).getPrompt(principal, params.name, args))
    return {
      description: outcome.description,
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: outcome.text } }],
    }
  })
  server.setRequestHandler('completion/complete', async ({ params }) => {
    const { ref, argument } = params
    const target =
      ref.type === 'ref/prompt'
        ? ({ kind: 'prompt', name: ref.name } as const)
        : ({ kind: 'resource', name: ref.uri } as const)
    const values = await guard(undefined, async () =>
      (await backend()).complete(principal, target, argument.name, argument.value),
    )
    return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } }
  })
  if (era === 'legacy' && subscriber) {
    server.setRequestHandler('resources/subscribe', ({ params }) =>
      guard(params.uri, async () => {
        subscriber.subscribe(params.uri)
        return {}
      }),
    )
    server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      subscriber.unsubscribe(params.uri)
      return {}
    })
  }
  return server
}

/** Turns what a backend throws into a protocol error: the same code, sentence and next step as in tool results. */
async function guard<T>(uri: string | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const body = describeError(error)
    const message = `${body.code}: ${body.sentence}. Next: ${body.next}`
    const code = BaseError.isInstance(error) ? error.code : 'ERR_INVARIANT'
    // A miss carries nothing but the URI: by that clients recognise it.
    if (code === 'ERR_NOT_FOUND' && uri !== undefined) throw new ResourceNotFoundError(uri, message)
    const isCallersFault = code === 'ERR_INPUT_INVALID' || code === 'ERR_NOT_FOUND'
    throw new ProtocolError(isCallersFault ? ProtocolErrorCode.InvalidParams : REFUSED, message, {
      code: body.code,
      next: body.next,
      retry: body.retry,
      ...body.facts,
    })
  }
}

/** JSON-RPC leaves −32000 to the server: a fault or a refusal that is not about the parameters. */
export const REFUSED = -32000
