import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { McpExtension, SurfaceBackend } from '@tidegate/mcp-adapter'
import { acquireHomeLock } from '@tidegate/trade-journal'
import { BaseError, NotReadyError, PermissionError, type Principal } from '@tidegate/trading-model'
import { createAgentDirectory } from '../access/agent-directory.js'
import { createGatekeeper } from '../access/gatekeeper.js'
import type { Config } from '../config/config.js'
import type { ControlApi, Gateway, Home } from '../gateway.js'
import type { OpenEndpoint } from '../http/endpoint.js'
import { type HomeTokens, mintTokens } from '../http/tokens.js'
import { type OpenLog, openLog } from '../log/open-log.js'
import { type OpenGatewayOptions, openGateway } from '../open-gateway.js'
import { createRuntime, type Runtime } from '../runtime.js'
import type { Scrubber } from '../secrets/create-scrubber.js'
import type { Secret } from '../secrets/secret.js'
import { type AcquireOptions, acquireHome } from './acquire-home.js'
import type { HeldHome } from './held-home.js'
import { openHomeEndpoint } from './home-endpoint.js'
import { removeOwner, writeOwner } from './owner-file.js'
import { OwnerLostError } from './remote-client.js'
import { createSubscriptions } from './subscriptions.js'

/** A call cut off by the owner's death is sent once more only within this time: well inside the 60 s in which an order is recognised. */
const RESEND_WITHIN_MS = 45_000
const READY_PATIENCE_MS = 15_000
const LOOK_FOR_READY_MS = 100
const OWN_PATIENCE_MS = 30_000
const ATTACH_PATIENCE_MS = 3_000
const RETRY_MS = 1_000

export interface OpenHomeOptions {
  /** `serve` listens where the configuration says; `stdio` and `cli` take any free port when they own the home. */
  readonly as: 'serve' | 'stdio' | 'cli'
  /** The token of the agent that a stdio server speaks for (`TIDEGATE_AGENT_TOKEN`). */
  readonly agentToken?: string
  readonly runtime?: Runtime
  /** Opens the gateway once the lock is held. */
  readonly open?: (config: Config, log: OpenLog) => Promise<Gateway>
  readonly log?: OpenLog
  /** The scrubber of this process, see {@link protectProcess}; without one the home has its own. */
  readonly scrubber?: Scrubber
  /** Opens the sealed file of secrets; absent: descriptor or file of the configuration are read. */
  readonly passphrase?: Secret
  /** See {@link OpenGatewayOptions}. */
  readonly reread?: OpenGatewayOptions['reread']
  /** Nothing of the log reaches stderr: for commands that speak to a person themselves. The log file gets everything. */
  readonly quiet?: boolean
  readonly lock?: AcquireOptions['lock']
  /** How long a process that may only attach looks for an owner, ms. @default 3000 */
  readonly attachPatienceMs?: number
  /** How long a process that may own waits for lock or owner, ms. @default 30000 */
  readonly ownPatienceMs?: number
  /** More tools, resources and prompts on this process's endpoint: for test benches, never for an app. */
  readonly extension?: McpExtension
}

/**
 * Opens the home, or attaches to the process that has it. Returns at once; what needs the home waits for it.
 *
 * - In paper and sandbox whoever comes first owns; in production only `serve`, or a stdio server with `stdio.embedded_live`.
 * - When the owner dies, those who were attached race for the lock; the winner opens the home, the rest attach to it.
 * - A call that the death cut off is sent once more. Reads change nothing. An order is durable before it is sent and is
 *   recognised by its key, or for 60 s by its terms, so the second copy returns the first intent. Cancels and halts may
 *   happen twice without harm. Where 45 s have passed, the call is not repeated and the error says to look first.
 *
 * @example
 * const home = openHome(config, { as: 'stdio' })
 * serveMcpStdio({ backend: home.mcp, principal: { name: 'local', role: 'trader' }, … })
 */
export function openHome(config: Config, options: OpenHomeOptions): Home {
  const runtime = options.runtime ?? createRuntime()
  const { clock, timers, disk } = runtime
  const openedLog = options.log ?? openLog(config, options.scrubber, { quiet: options.quiet ?? false })
  const { log } = openedLog
  const folder = join(config.homeFolder, config.environment)
  const mayOwn =
    config.environment !== 'production' ||
    options.as === 'serve' ||
    (options.as === 'stdio' && config.stdioEmbeddedLive)
  const open =
    options.open ??
    ((wanted, opened) =>
      openGateway(wanted, {
        runtime,
        log: opened,
        ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
        ...(options.reread === undefined ? {} : { reread: options.reread }),
        doorUrl: () => endpoint?.url,
      }))

  let held: HeldHome | undefined
  let finding: Promise<HeldHome> | undefined
  let endpoint: OpenEndpoint | undefined
  let isClosing = false
  const gone = new WeakSet<HeldHome>()
  const subscriptions = createSubscriptions(log)
  let minted: HomeTokens | undefined
  const homeTokens = (): HomeTokens => {
    minted ??= mintTokens(disk, runtime.random, folder)
    return minted
  }
  const gatekeeper = createGatekeeper({
    environment: config.environment,
    agents: createAgentDirectory(config.environment, config.agents),
    home: () => minted,
    store: () => gateway()?.tokens,
    clock,
    log,
  })

  const find = async (): Promise<HeldHome> => {
    const found = await acquireHome({
      config,
      folder,
      runtime,
      mayOwn,
      patienceMs: mayOwn
        ? (options.ownPatienceMs ?? OWN_PATIENCE_MS)
        : (options.attachPatienceMs ?? ATTACH_PATIENCE_MS),
      isClosing: () => isClosing,
      lock: options.lock ?? acquireHomeLock,
      open: async () => {
        await openedLog.openFile()
        return open(config, openedLog)
      },
      as: options.as,
      ...(options.agentToken === undefined ? {} : { agentToken: options.agentToken }),
      onLost: lose,
    })
    try {
      if (found.role === 'owner' || options.as === 'serve') {
        endpoint ??= await openHomeEndpoint({
          config,
          tokens: homeTokens(),
          gatekeeper,
          runtime,
          log,
          scrubber: openedLog.scrubber,
          as: options.as,
          ...(options.extension === undefined ? {} : { extension: options.extension }),
          mcp,
          control,
          gateway,
        })
      }
      if (found.role === 'owner' && endpoint) {
        writeOwner(disk, folder, {
          pid: process.pid,
          url: endpoint.url,
          startedAt: new Date(clock.nowMs()).toISOString(),
          environment: config.environment,
        })
      }
    } catch (error) {
      await found.letGo()
      throw error
    }
    held = found
    log.info('home_opened', {
      role: found.role,
      folder,
      url: endpoint?.url ?? (found.role === 'attached' ? found.url : ''),
    })
    subscriptions.moveTo(found.mcp)
    // The owner may have gone while our own endpoint was opening.
    if (gone.has(found)) lose(found)
    return found
  }

  const current = (): Promise<HeldHome> => {
    if (held) return Promise.resolve(held)
    if (isClosing) return Promise.reject(new NotReadyError('This process is closing'))
    finding ??= find().finally(() => {
      finding = undefined
    })
    return finding
  }

  function lose(lost: HeldHome): void {
    gone.add(lost)
    if (held !== lost || isClosing) return
    held = undefined
    log.warn('home_owner_lost', { folder })
    void lost.letGo()
    retry()
  }

  function retry(): void {
    current().catch((error: unknown) => {
      log.error('home_unavailable', { error })
      // Production: nobody here may open it, but somebody may start it again.
      if (!isClosing && !mayOwn) timers.after(RETRY_MS, retry)
    })
  }

  const whenReady = async (found: HeldHome): Promise<void> => {
    const untilMs = clock.nowMs() + READY_PATIENCE_MS
    while (!(await found.isReady()) && clock.nowMs() < untilMs) await timers.sleep(LOOK_FOR_READY_MS)
  }

  const call = async <T>(run: (found: HeldHome) => Promise<T>): Promise<T> => {
    const beganMs = clock.nowMs()
    const first = await current()
    try {
      return await run(first)
    } catch (error) {
      if (!(error instanceof OwnerLostError)) throw error
      lose(first)
      log.warn('call_cut_off', { error: error.message })
    }
    const second = await current()
    await whenReady(second)
    if (clock.nowMs() - beganMs > RESEND_WITHIN_MS) throw cutOff()
    try {
      return await run(second)
    } catch (error) {
      throw error instanceof OwnerLostError ? cutOff() : error
    }
  }

  const mcp: SurfaceBackend = {
    callTool: (principal, name, args, control) => call((found) => found.mcp.callTool(principal, name, args, control)),
    readResource: (principal, uri) => call((found) => found.mcp.readResource(principal, uri)),
    getPrompt: (principal, name, args) => call((found) => found.mcp.getPrompt(principal, name, args)),
    complete: (principal, ref, argument, value) => call((found) => found.mcp.complete(principal, ref, argument, value)),
    subscribe(principal, uri, changed) {
      // Where the home is open here, a bad URI is refused at once, as the port says.
      const stop = subscriptions.add(principal, uri, changed, held?.mcp)
      if (!held) current().catch((error: unknown) => log.debug('subscription_waits', { uri, error }))
      return stop
    },
  }
  /** What a stdio server says about itself is a claim, here as over HTTP; an owner elsewhere checks it there. */
  const proven = async (found: HeldHome, claimed: Principal): Promise<Principal> => {
    if (found.role !== 'owner' || options.as !== 'stdio') return claimed
    const { agentToken } = options
    const caller = agentToken === undefined ? ({ kind: 'home' } as const) : await gatekeeper.recognise(agentToken)
    if (caller) return gatekeeper.speakFor(caller, claimed)
    throw new PermissionError('The token in TIDEGATE_AGENT_TOKEN is not valid here', {
      hint: 'Make one with tidegate tokens create --agent NAME',
    })
  }
  const provenMcp: SurfaceBackend = {
    ...mcp,
    callTool: (claimed, name, args, control) =>
      call(async (found) => found.mcp.callTool(await proven(found, claimed), name, args, control)),
    readResource: (claimed, uri) => call(async (found) => found.mcp.readResource(await proven(found, claimed), uri)),
    getPrompt: (claimed, name, args) =>
      call(async (found) => found.mcp.getPrompt(await proven(found, claimed), name, args)),
    complete: (claimed, ref, argument, value) =>
      call(async (found) => found.mcp.complete(await proven(found, claimed), ref, argument, value)),
  }
  const control: ControlApi = {
    async call(verb, args) {
      const answer = await call((found) => found.control.call(verb, args))
      // Whoever hears that a token is revoked may count on it.
      if (verb === 'tokens_create' || verb === 'tokens_revoke') await endpoint?.lookAtStreams()
      return answer
    },
  }
  const gateway = (): Gateway | undefined => (held?.role === 'owner' ? held.gateway : undefined)

  current().catch((error: unknown) => {
    if (!isClosing) log.error('home_unavailable', { error: BaseError.isInstance(error) ? error : String(error) })
  })

  return {
    mcp: provenMcp,
    control,
    gateway,
    role: () => held?.role ?? 'opening',
    async endpoint() {
      const found = await current()
      if (endpoint) return endpoint
      if (found.role === 'owner') throw new NotReadyError('The endpoint is not open')
      return {
        url: found.url,
        mcpUrl: `${found.url}/mcp`,
        agentToken: found.tokens.agent ?? '',
        operatorToken: found.tokens.operator ?? '',
        close: async () => {},
      }
    },
    async close() {
      if (isClosing) return
      isClosing = true
      await finding?.catch(() => {})
      subscriptions.close()
      // Nobody may find us any more; those who are attached look again until the lock is free.
      if (held?.role === 'owner') removeOwner(disk, folder, process.pid, (path) => unlinkSync(path))
      await endpoint?.close()
      await held?.letGo()
      held = undefined
      await openedLog.close()
    },
  }
}

function cutOff(): NotReadyError {
  return new NotReadyError('the gateway went away before it answered, and again when the call was repeated', {
    hint: 'The call may have been carried out: look at order://active before you repeat it',
  })
}
