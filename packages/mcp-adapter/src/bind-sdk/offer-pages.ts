import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type McpRequestContext,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { ToolOutcome } from '../backend.js'
import { PAGE_MIME_TYPE, pageFor, pageOf, pages } from '../ui/list.js'
import { type PageReader, readBuiltPage } from '../ui/read-page.js'

/** By this name clients say that they show pages (MCP Apps). */
const EXTENSION = 'io.modelcontextprotocol/ui'
/** Nothing outside is loaded, and the host draws the frame. */
const PAGE_META = { ui: { csp: {}, prefersBorder: true } }

/** Lists with links to pages, built once for each list: what clients without pages get stays what it was. */
const linked = new WeakMap<readonly object[], readonly object[]>()

/** Pages for hosts that show them; for all others nothing changes. */
export interface OfferPages {
  tools(all: readonly object[], context: ServerContext): readonly object[]
  resources(all: readonly object[], context: ServerContext): readonly object[]
  /** The page behind a URI; `undefined` when it is none of a page. */
  read(uri: string): Promise<object> | undefined
  /** What goes out beside an answer, for its page and not for the model. */
  beside(outcome: ToolOutcome, context: ServerContext): { readonly _meta?: { readonly [key: string]: unknown } }
}

/** Makes the page side of one protocol instance. */
export function offerPages(
  server: Server,
  era: McpRequestContext['era'],
  read: PageReader = readBuiltPage,
): OfferPages {
  const areShown = ({ mcpReq }: ServerContext): boolean => {
    const envelope = mcpReq.envelope as Readonly<Record<string, ClientCapabilities | undefined>> | undefined
    // 2025: said once, at the beginning. 2026: said with every request.
    const declared = era === 'legacy' ? server.getClientCapabilities() : envelope?.[CLIENT_CAPABILITIES_META_KEY]
    const { mimeTypes } = (declared?.extensions?.[EXTENSION] ?? {}) as { readonly mimeTypes?: unknown }
    return Array.isArray(mimeTypes) && mimeTypes.includes(PAGE_MIME_TYPE)
  }
  return {
    tools: (all, context) => (areShown(context) ? once(all, () => all.map(withLink)) : all),
    resources: (all, context) => (areShown(context) ? once(all, () => [...all, ...pages.map(listed)]) : all),
    read(uri) {
      const page = pageOf(uri)
      if (!page) return undefined
      return read(page).then((text) => ({
        contents: [{ uri, mimeType: PAGE_MIME_TYPE, text, _meta: PAGE_META }],
      }))
    },
    beside: (outcome, context) =>
      outcome.beside !== undefined && areShown(context) ? { _meta: { 'tidegate/page': outcome.beside } } : {},
  }
}

function once(all: readonly object[], build: () => readonly object[]): readonly object[] {
  const known = linked.get(all) ?? build()
  linked.set(all, known)
  return known
}

function withLink(tool: object): object {
  const page = pageFor((tool as { readonly name: string }).name)
  return page ? { ...tool, _meta: { ui: { resourceUri: page.uri } } } : tool
}

function listed({ uri, name, title, description }: (typeof pages)[number]): object {
  return { uri, name: name.replace('-', '_'), title, description, mimeType: PAGE_MIME_TYPE, _meta: PAGE_META }
}
