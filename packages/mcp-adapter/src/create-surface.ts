import { NotFoundError, type Permission, type Principal } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend } from './backend.js'
import { completeArgument } from './complete.js'
import { isAllowed, requirePermissions } from './permissions.js'
import { prompts } from './prompts/list.js'
import { resources } from './resources/list.js'
import { matchResource } from './resources/parse-uri.js'
import { requireLive } from './resources/require-live.js'
import { createCallBudget } from './shared/call-budget.js'
import { throttle } from './shared/throttle.js'
import { venueWord } from './shared/untrusted-text.js'
import type { SurfaceContext, SurfaceDeps } from './surface-deps.js'
import { toToolResult } from './to-tool-result.js'
import { tools } from './tools/list.js'
import { createWaitRoom } from './waits/wait-room.js'

/** Fastest pace of change notices per subscription. */
const NOTICE_EVERY_MS = 1_000

/**
 * Builds the surface on a desk and a market in this process.
 *
 * - Wire: none; what answers the protocol calls it, and it calls the desk. Nothing here knows the MCP SDK.
 * - A call that has begun goes on when its caller leaves: only the desk decides what becomes of an order.
 *
 * @param deps - Desk, market and account readers, clock, timers and log of the composition root.
 *
 * @example
 * const surface = createSurface({ desk, market, account, clock, timers, log })
 * const { structured } = await surface.callTool({ name: 'local', role: 'trader' }, 'get_account', {})
 * // { accounts: [{ currency: 'USD', available: '10000', hold: '0', total: '10000', … }], … }
 */
export function createSurface(deps: SurfaceDeps): SurfaceBackend {
  const waits = createWaitRoom(deps.timers)
  const offered = tools.filter(({ name }) => deps.offeredTools?.has(name) ?? true)
  const contextOf = (principal: SurfaceContext['principal']): SurfaceContext => ({ ...deps, principal, waits })
  /** Whoever asks for what does not exist is told of what is there for them, and of nothing else. */
  const mayUse =
    (principal: Principal) =>
    ({ permissions }: { readonly permissions: readonly Permission[] }): boolean =>
      isAllowed(principal, permissions, deps.adminTrades)
  const namesFor = (
    principal: Principal,
    items: readonly { readonly name: string; readonly permissions: readonly Permission[] }[],
  ): string =>
    items
      .filter(mayUse(principal))
      .map((item) => item.name)
      .join(', ')
  const budget = createCallBudget(deps.clock, (name) => deps.maxCallsPerMinute?.(name))
  return {
    async callTool(principal, name, args, control) {
      const tool = offered.find((item) => item.name === name)
      if (!tool) {
        throw new NotFoundError(`There is no tool ${venueWord(name) || 'of that name'}`, {
          hint: `what exists: ${namesFor(principal, offered)}`,
        })
      }
      try {
        requirePermissions(principal, tool.permissions, name, deps.adminTrades)
        if (!tool.isUrgent) budget.take(principal.name)
        let beside: JsonObject | undefined
        const context: SurfaceContext = {
          ...contextOf(principal),
          forPage(facts) {
            beside = facts
          },
        }
        const structured = await tool.run(context, args, tool.waits ? control : undefined)
        return { structured, isError: false, ...(beside === undefined ? {} : { beside }) }
      } catch (error) {
        return toToolResult(error, deps.log, name, tool.onFault?.(error, false))
      }
    },

    async readResource(principal, uri) {
      budget.take(principal.name)
      const { resource, params } = matchResource(resources, uri, mayUse(principal))
      requirePermissions(principal, resource.permissions, resource.path, deps.adminTrades)
      const value = await resource.read(contextOf(principal), params)
      return { uri, mimeType: 'application/json', text: JSON.stringify(value) }
    },

    async getPrompt(principal, name, args) {
      budget.take(principal.name)
      const prompt = prompts.find((item) => item.name === name)
      if (!prompt) {
        throw new NotFoundError(`There is no prompt ${venueWord(name) || 'of that name'}`, {
          hint: `what exists: ${namesFor(principal, prompts)}`,
        })
      }
      requirePermissions(principal, prompt.permissions, name, deps.adminTrades)
      return { description: prompt.description, text: await prompt.render(contextOf(principal), args) }
    },

    async complete(principal, ref, argument, value) {
      budget.take(principal.name)
      return completeArgument(contextOf(principal), ref, argument, value)
    },

    subscribe(principal, uri, changed) {
      budget.take(principal.name)
      const { resource, params } = matchResource(resources, uri, mayUse(principal))
      requirePermissions(principal, resource.permissions, resource.path, deps.adminTrades)
      const watch = requireLive(resource)
      const notices = throttle(deps.clock, deps.timers, NOTICE_EVERY_MS, changed)
      const stop = watch(contextOf(principal), params, notices.signal)
      return () => {
        notices.stop()
        stop()
      }
    },
  }
}
