import type { Principal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import type { WireLists } from './wire-lists.js'

/** What an extension knows of the request it is asked about. */
export interface ExtensionCall {
  readonly era: 'legacy' | 'modern'
  readonly principal: Principal
  /** The protocol library's own context of the request: progress, questions to the client, answers of the round before. */
  readonly request: unknown
}

/**
 * Tools, resources and prompts beside ours, answered in the protocol's own shapes, so that a test bench can drive what
 * our surface never does (pictures, questions to the client) through the same lists, guards and transports.
 *
 * > [!WARNING]
 * > What it answers passes no permission, no call budget and no desk. No configuration reaches it: only code that composes
 * > a server can put one in, and no app of ours does.
 */
export interface McpExtension extends Partial<WireLists> {
  /** Merged over the server's capabilities, one by one. */
  readonly capabilities?: JsonObject
  /** Methods of the 2025 era that the extension serves where the surface does not. */
  readonly legacyMethods?: readonly string[]
  /** Asked before the surface; `undefined` leaves the request to it. What it throws is what the client gets. */
  answer(method: string, params: JsonObject, call: ExtensionCall): Promise<object> | undefined
}

type Handler = (request: { readonly params?: JsonObject }, context: unknown) => unknown

/** The one method of the protocol library's server that is used here. */
interface Handles {
  setRequestHandler(method: string, handler: Handler): void
}

/** Our lists with those of the extension behind them. */
export function extendLists(lists: WireLists, extension: McpExtension | undefined): WireLists {
  if (!extension) return lists
  return {
    tools: [...lists.tools, ...(extension.tools ?? [])],
    resources: [...lists.resources, ...(extension.resources ?? [])],
    resourceTemplates: [...lists.resourceTemplates, ...(extension.resourceTemplates ?? [])],
    prompts: [...lists.prompts, ...(extension.prompts ?? [])],
  }
}

/** Puts the extension before every handler that is set on the server from now on. */
export function extendServer(
  target: unknown,
  extension: McpExtension | undefined,
  about: Omit<ExtensionCall, 'request'>,
): void {
  if (!extension) return
  const server = target as Handles
  const set = server.setRequestHandler.bind(server)
  server.setRequestHandler = (method, own) =>
    set(
      method,
      (request, context) =>
        extension.answer(method, request.params ?? {}, { ...about, request: context }) ?? own(request, context),
    )
  if (about.era === 'modern') return
  for (const method of extension.legacyMethods ?? []) {
    server.setRequestHandler(method, () => {
      throw new Error(`the extension names ${method} but does not answer it`)
    })
  }
}
