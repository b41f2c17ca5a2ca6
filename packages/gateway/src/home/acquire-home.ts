import { join } from 'node:path'
import type { HomeLock } from '@tidegate/trade-journal'
import { HomeOwnedError, NotReadyError } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Gateway } from '../gateway.js'
import { readTokens } from '../http/tokens.js'
import type { Runtime } from '../runtime.js'
import type { HeldHome } from './held-home.js'
import { readOwner } from './owner-file.js'
import { createRemoteBackend } from './remote-backend.js'
import { createRemoteClient } from './remote-client.js'

/** Between two looks at lock and owner, ms. */
const LOOK_AGAIN_MS = 50
const PROBE_TIMEOUT_MS = 2_000

export interface AcquireOptions {
  readonly config: Config
  /** The environment's folder. */
  readonly folder: string
  readonly runtime: Runtime
  /** May this process open the home itself? */
  readonly mayOwn: boolean
  /** How long to look for an owner that answers, ms. */
  readonly patienceMs: number
  readonly isClosing: () => boolean
  readonly lock: (path: string) => HomeLock | undefined
  /** Opens everything; called with the lock held. */
  readonly open: () => Promise<Gateway>
  readonly as: 'serve' | 'stdio' | 'cli'
  readonly agentToken?: string
  /** The owner of an attached home went away. */
  readonly onLost: (held: HeldHome) => void
}

/**
 * Takes the home, or attaches to whoever has it: tries the lock, looks for an owner that answers, and again. When an owner
 * dies, everyone who was attached comes through here at once; the lock lets one through.
 *
 * @throws {NotReadyError} when there is neither lock nor owner in time.
 * @throws whatever opening throws; the lock is given back then.
 */
export async function acquireHome(options: AcquireOptions): Promise<HeldHome> {
  const { runtime, folder } = options
  const untilMs = runtime.clock.nowMs() + options.patienceMs
  runtime.disk.makeFolder(folder)
  for (;;) {
    if (options.mayOwn) {
      const lock = options.lock(join(folder, 'home.lock'))
      if (lock) return own(lock, options)
    }
    const attached = await attach(options)
    if (attached) return attached
    if (options.isClosing()) throw new NotReadyError('This process is closing')
    if (runtime.clock.nowMs() >= untilMs) throw notFound(options)
    await runtime.timers.sleep(LOOK_AGAIN_MS)
  }
}

async function own(lock: HomeLock, options: AcquireOptions): Promise<HeldHome> {
  let gateway: Gateway
  try {
    gateway = await options.open()
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    role: 'owner',
    gateway,
    mcp: gateway.mcp,
    control: gateway.control,
    isReady: async () => (await gateway.health()).ready,
    async letGo() {
      try {
        await gateway.close()
      } finally {
        lock.release()
      }
    },
  }
}

async function attach(options: AcquireOptions): Promise<HeldHome | undefined> {
  const { runtime, folder, config } = options
  const owner = readOwner(runtime.disk, folder)
  if (!owner) return undefined
  const client = createRemoteClient(owner.url)
  const probe = await client.probe(PROBE_TIMEOUT_MS)
  if (probe?.environment !== config.environment) {
    client.close()
    return undefined
  }
  const tokens = readTokens(runtime.disk, folder)
  const lost = (): void => options.onLost(held)
  const { agentToken } = options
  const { mcp, control } = createRemoteBackend(client, {
    tokens,
    ...(agentToken === undefined ? {} : { agentToken }),
    isAgent: options.as === 'stdio',
    onStreamEnd: lost,
  })
  const token = agentToken ?? tokens.agent ?? tokens.operator
  // A stream without a URI says nothing; that it ends tells us at once that the owner is gone.
  const stopWatching =
    token === undefined ? () => {} : client.stream('/backend/subscribe', token, {}, { onLine: () => {}, onEnd: lost })
  const held: HeldHome = {
    role: 'attached',
    url: owner.url,
    tokens,
    mcp,
    control,
    isReady: async () => (await client.probe(PROBE_TIMEOUT_MS))?.ready ?? false,
    letGo: async () => {
      stopWatching()
      client.close()
    },
  }
  return held
}

function notFound({ mayOwn, folder, runtime, config }: AcquireOptions): NotReadyError | HomeOwnedError {
  if (!mayOwn) {
    return new NotReadyError(`no gateway is running for ${config.environment}`, {
      hint: 'Start it with `tidegate serve`; this process only attaches',
    })
  }
  const owner = readOwner(runtime.disk, folder)
  return new HomeOwnedError(
    owner === undefined
      ? `another process holds ${folder} and has not said where it listens`
      : `process ${owner.pid} holds ${folder} and does not answer at ${owner.url}`,
    { hint: 'Stop that process, or wait until it has started' },
  )
}
