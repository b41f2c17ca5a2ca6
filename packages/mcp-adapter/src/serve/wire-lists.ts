import type { Principal } from '@tidegate/trading-model'
import { isAllowed } from '../permissions.js'
import { prompts } from '../prompts/list.js'
import { resources } from '../resources/list.js'
import { hasVariables, uriTemplate } from '../resources/resource.js'
import { tools } from '../tools/list.js'
import type { ToolDefinition } from '../tools/tool.js'

/** The lists a client asks for, ready to be sent: built once per role, never per request. */
export interface WireLists {
  readonly tools: readonly object[]
  readonly resources: readonly object[]
  readonly resourceTemplates: readonly object[]
  readonly prompts: readonly object[]
}

const cache = new Map<string, WireLists>()

/**
 * What the principal may see. The lists vary by role and permissions alone, never by connection.
 *
 * @param offered - Names of the tools that are there at all; absent: every one.
 */
export function wireLists(principal: Principal, adminTrades = false, offered?: ReadonlySet<string>): WireLists {
  // Of a role's permissions there are few subsets that anybody configures, so the cache stays small.
  const narrowed = principal.permissions === undefined ? 'all' : [...new Set(principal.permissions)].sort().join(' ')
  const key = `${principal.role} ${adminTrades} ${narrowed} ${offered ? [...offered].join(' ') : 'every tool'}`
  const known = cache.get(key)
  if (known) return known
  const built = build(principal, adminTrades, offered)
  cache.set(key, built)
  return built
}

/** Every tool there is, by name. */
export const toolsByName: ReadonlyMap<string, ToolDefinition> = new Map(tools.map((tool) => [tool.name, tool]))

function build(principal: Principal, adminTrades: boolean, offered: ReadonlySet<string> | undefined): WireLists {
  const seen = resources.filter((resource) => isAllowed(principal, resource.permissions, adminTrades))
  return {
    tools: tools
      .filter((tool) => isAllowed(principal, tool.permissions, adminTrades) && (offered?.has(tool.name) ?? true))
      .map((tool) => ({
        name: tool.name,
        title: tool.title,
        description: tool.description,
        inputSchema: tool.inputSchema,
        outputSchema: tool.outputSchema,
        annotations: { title: tool.title, ...tool.hints },
      })),
    resources: seen
      .filter((resource) => !hasVariables(resource))
      .map((resource) => ({
        uri: resource.path,
        name: resource.name,
        title: resource.title,
        description: resource.description,
        mimeType: 'application/json',
      })),
    resourceTemplates: seen
      .filter((resource) => hasVariables(resource) || resource.query.length > 0)
      .map((resource) => ({
        uriTemplate: uriTemplate(resource),
        name: resource.name,
        title: resource.title,
        description: resource.description,
        mimeType: 'application/json',
      })),
    prompts: prompts
      .filter((prompt) => isAllowed(principal, prompt.permissions, adminTrades))
      .map((prompt) => ({
        name: prompt.name,
        title: prompt.title,
        description: prompt.description,
        arguments: prompt.arguments,
      })),
  }
}
