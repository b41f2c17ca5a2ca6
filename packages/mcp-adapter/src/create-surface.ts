import { NotFoundError } from '@tidegate/trading-model'
import type { SurfaceBackend } from './backend.js'
import { completeArgument } from './complete.js'
import { requirePermissions } from './permissions.js'
import { prompts } from './prompts/list.js'
import { resources } from './resources/list.js'
import { matchResource } from './resources/parse-uri.js'
import { requireLive } from './resources/require-live.js'
import { throttle } from './shared/throttle.js'
import { venueWord } from './shared/untrusted-text.js'
import type { SurfaceContext, SurfaceDeps } from './surface-deps.js'
import { toToolResult } from './to-tool-result.js'
import { tools } from './tools/list.js'

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
  const contextOf = (principal: SurfaceContext['principal']): SurfaceContext => ({ ...deps, principal })
  return {
    async callTool(principal, name, args) {
      const tool = tools.find((item) => item.name === name)
      if (!tool) {
        throw new NotFoundError(`There is no tool ${venueWord(name) || 'of that name'}`, {
          hint: `what exists: ${tools.map((item) => item.name).join(', ')}`,
        })
      }
      try {
        requirePermissions(principal, tool.permissions, name, deps.adminTrades)
        return { structured: await tool.run(contextOf(principal), args), isError: false }
      } catch (error) {
        return toToolResult(error, deps.log, name, tool.onFault?.(error, false))
      }
    },

    async readResource(principal, uri) {
      const { resource, params } = matchResource(resources, uri)
      requirePermissions(principal, resource.permissions, resource.path, deps.adminTrades)
      const value = await resource.read(contextOf(principal), params)
      return { uri, mimeType: 'application/json', text: JSON.stringify(value) }
    },

    async getPrompt(principal, name, args) {
      const prompt = prompts.find((item) => item.name === name)
      if (!prompt) {
        throw new NotFoundError(`There is no prompt ${venueWord(name) || 'of that name'}`, {
          hint: `what exists: ${prompts.map((item) => item.name).join(', ')}`,
        })
      }
      requirePermissions(principal, prompt.permissions, name, deps.adminTrades)
      return { description: prompt.description, text: await prompt.render(contextOf(principal), args) }
    },

    complete: (principal, ref, argument, value) => completeArgument(contextOf(principal), ref, argument, value),

    subscribe(principal, uri, changed) {
      const { resource, params } = matchResource(resources, uri)
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
