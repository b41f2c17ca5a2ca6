import type { IncomingMessage } from 'node:http'
import {
  createMcpHttpHandler,
  createOpenQuestions,
  type McpExtension,
  type SurfaceBackend,
  surfaceInstructions,
} from '@tidegate/mcp-adapter'
import type { Log, Principal } from '@tidegate/trading-model'
import type { Gatekeeper } from '../access/gatekeeper.js'
import type { Config } from '../config/config.js'
import type { ControlApi, Gateway, Health } from '../gateway.js'
import { type OpenEndpoint, openEndpoint } from '../http/endpoint.js'
import { type HomeTokens, newToken } from '../http/tokens.js'
import { createMetrics } from '../metrics/create-metrics.js'
import type { Runtime } from '../runtime.js'
import type { Scrubber } from '../secrets/create-scrubber.js'

export interface HomeEndpointOptions {
  readonly config: Config
  readonly tokens: HomeTokens
  readonly gatekeeper: Gatekeeper
  readonly runtime: Runtime
  readonly log: Log
  readonly scrubber: Scrubber
  readonly as: 'serve' | 'stdio' | 'cli'
  /** Through these it answers whoever owns the home at the moment. */
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
  readonly gateway: () => Gateway | undefined
  /** See {@link OpenHomeOptions}. */
  readonly extension?: McpExtension
}

/** Opens this process's endpoint over the home, and keeps its MCP handler with it. */
export async function openHomeEndpoint(options: HomeEndpointOptions): Promise<OpenEndpoint> {
  const { config, runtime, log, gateway } = options
  const ownMetrics = createMetrics()
  const asking = new WeakMap<IncomingMessage, { readonly principal: Principal; readonly staysOpen: () => void }>()
  const serveMcp = createMcpHttpHandler({
    backend: options.mcp,
    ...(options.extension === undefined ? {} : { extension: options.extension }),
    serverInfo: { name: config.server.name, version: config.server.version },
    instructions: surfaceInstructions(config.environment, config.dryRun),
    adminTrades: config.adminTrades,
    ...(config.mcp.offeredTools === undefined ? {} : { offeredTools: config.mcp.offeredTools }),
    questions: createOpenQuestions(runtime),
    authenticate: (request) => asking.get(request)?.principal,
    onListen: (request) => asking.get(request)?.staysOpen(),
    allowedHosts: ['localhost', '127.0.0.1', '[::1]', ...config.http.allowedHosts.map(hostOf)],
    allowedOrigins: ['localhost', '127.0.0.1', '[::1]', ...config.http.allowedOrigins.map(originHostOf)],
    maxBodyBytes: config.http.maxBodyBytes,
    log,
    timers: runtime.timers,
    sessionIds: () => newToken(runtime.random, 'tgs_'),
  })
  const endpoint = await openEndpoint({
    host: options.as === 'serve' ? config.server.host : '127.0.0.1',
    port: options.as === 'serve' ? config.server.port : 0,
    allowedHosts: config.http.allowedHosts,
    allowedOrigins: [...config.http.allowedOrigins, ...pageOrigin(config)],
    maxBodyBytes: config.http.maxBodyBytes,
    tokens: options.tokens,
    gatekeeper: options.gatekeeper,
    mcp: options.mcp,
    control: options.control,
    approvals: () => gateway()?.approvals,
    clock: runtime.clock,
    serveMcp: (request, response, principal, staysOpen) => {
      asking.set(request, { principal, staysOpen })
      return serveMcp(request, response)
    },
    health: async () => gateway()?.health() ?? ((await options.control.call('status', {})) as unknown as Health),
    metricsText: async () => (gateway()?.metrics ?? ownMetrics).text(),
    scrubber: options.scrubber,
    timers: runtime.timers,
    log,
    metrics: { count: (...sample) => (gateway()?.metrics ?? ownMetrics).count(...sample), observe() {}, gauge() {} },
  })
  return {
    ...endpoint,
    close: async () => {
      await Promise.all([serveMcp.close(), endpoint.close()])
    },
  }
}

/** The page that people were given may ask the door it came from. */
function pageOrigin({ approvals: { pageUrl } }: Config): readonly string[] {
  return pageUrl === undefined ? [] : [new URL(pageUrl).origin]
}

function hostOf(allowed: string): string {
  return allowed.replace(/:\d+$/, '')
}

function originHostOf(origin: string): string {
  try {
    return new URL(origin).hostname
  } catch {
    return origin
  }
}
