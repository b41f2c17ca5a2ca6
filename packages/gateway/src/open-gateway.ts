import { dirname, join } from 'node:path'
import { createAxiosTransport } from '@tidegate/coinbase-client'
import { createSurface, type LogReader, type SurfaceBackend } from '@tidegate/mcp-adapter'
import { openCancelSpool, openJournal } from '@tidegate/trade-journal'
import { createTradingDesk, type DeskSettings, type TradingDesk } from '@tidegate/trading-desk'
import { ConfigError, type Journal, type Log } from '@tidegate/trading-model'
import { createAgentDirectory } from './access/agent-directory.js'
import type { Alerts } from './alerts/create-alerts.js'
import { createApprovalDoor } from './approvals/approval-door.js'
import { createIdentifyApprover } from './approvals/identify-approver.js'
import type { Config } from './config/config.js'
import { toPolicies } from './control/configured-limits.js'
import { createControl } from './control/create-control.js'
import { isEmptyOverlay } from './control/limit-overlay.js'
import { openLimits } from './control/policy-reload.js'
import { withVerbs } from './control/with-verbs.js'
import type { Gateway } from './gateway.js'
import { type OpenLog, openLog } from './log/open-log.js'
import { createMetrics, type MetricsStore } from './metrics/create-metrics.js'
import { publishMetrics } from './metrics/publish-metrics.js'
import { createRuntime, type Runtime } from './runtime.js'
import type { Scrubber } from './secrets/create-scrubber.js'
import { checkKeyName, claimKey } from './secrets/key-register.js'
import { registerSecrets } from './secrets/register-secrets.js'
import { scrubControl, scrubSurface } from './secrets/scrub-surface.js'
import type { Secret } from './secrets/secret.js'
import type { SecretsFile } from './secrets/secrets-file.js'
import { type KeySource, unlockSecrets } from './secrets/unlock-secrets.js'
import { createApprovalUrl } from './wiring/approval-url.js'
import { checkKey } from './wiring/check-key.js'
import { CHECK_RECORDS_MS, checkRecords } from './wiring/check-records.js'
import { type ConnectedVenue, connectVenue } from './wiring/connect-venue.js'
import { followLimits } from './wiring/follow-limits.js'
import { followProducts } from './wiring/follow-products.js'
import { readHaltFile } from './wiring/halt-file.js'
import { createHeadsWebhook, type HeadsWebhook } from './wiring/heads-webhook.js'
import { readHostId } from './wiring/host-id.js'
import { identifyAccount } from './wiring/identify-account.js'
import { openAccess } from './wiring/open-access.js'
import { refuseDebugging } from './wiring/refuse-debugging.js'
import { createKeyRotation } from './wiring/rotate-key.js'
import { showHealth } from './wiring/show-health.js'
import { type RunningPaper, startPaper } from './wiring/start-paper.js'
import { coinbaseAddresses } from './wiring/venue-addresses.js'
import { watchDisk } from './wiring/watch-disk.js'
import { wireAlerts } from './wiring/wire-alerts.js'

/** Products on the stream at once; deep books of more would cost more memory than they are worth. */
const MAX_STREAMED = 50
const MEASURE_CLOCK_MS = 300_000
const CHECK_KEY_MS = 3_600_000
/** How long closing waits for the webhook to take the last head. */
const LAST_HEAD_MS = 2_000

/**
 * The paper exchange lives and dies in this process, so a request cannot be on its way for minutes: what it does not list
 * after half a minute it never got.
 */
const paperProof: DeskSettings['proof'] = {
  tokenLifetimeMs: 15_000,
  skewMarginMs: 1_000,
  processingMs: 2_000,
  minScans: 3,
  minSpreadMs: 3_000,
}

export interface OpenGatewayOptions {
  readonly runtime?: Runtime
  /** By default the process's own: stderr and the configured file, closed with the gateway. */
  readonly log?: OpenLog
  /** Opens the sealed file; absent: descriptor or file of the configuration are read. */
  readonly passphrase?: Secret
  /** Reads the configuration again, for limits that follow their file; absent: they stay until a restart. */
  readonly reread?: () => Promise<Pick<Config, 'policy' | 'agents'>>
  /** Where the HTTP door listens that serves this gateway, once it does: orders that wait name their page there. */
  readonly doorUrl?: () => string | undefined
}

/**
 * Opens everything and wires it: paper exchange (in paper), venue client, market view, journal, desk, surface, operator's door.
 * Resolves when reads work; the desk reconciles in the background and takes orders when {@link Gateway.health} says ready.
 *
 * > [!WARNING]
 * > The caller holds the home's lock. Two gateways on one home would each believe to be the only one.
 *
 * @throws {ConfigError} when the key is missing, may transfer, or lacks what is needed.
 * @throws {StoreError} when the journal cannot be opened or belongs elsewhere.
 *
 * @example
 * const gateway = await openGateway(loadConfig({ env: process.env, … }))
 * const book = await gateway.market.book('BTC-USD', 50)
 * await gateway.close()
 */
export async function openGateway(given: Config, options: OpenGatewayOptions = {}): Promise<Gateway> {
  const runtime = options.runtime ?? createRuntime()
  refuseDebugging(given.environment)
  const { config, keys, file: sealed } = unlockSecrets(given, runtime, options.passphrase)
  const opened = options.log ?? openLog(config)
  const { scrubber } = opened
  registerSecrets(config, scrubber)
  if (options.log === undefined) await opened.openFile()
  const called = wireAlerts({
    config,
    runtime,
    scrubber,
    log: opened.log,
    metrics: createMetrics((text) => scrubber.scrub(text)),
  })
  const { log, metrics, alerts } = called
  for (const warning of config.warnings) log.warn('config_warning', { warning })

  // What was opened is closed in the opposite order, also when a later step fails.
  const closers: (() => Promise<void> | void)[] = []
  if (options.log === undefined) closers.push(() => opened.close())
  closers.push(() => called.close())
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close()
      } catch (error) {
        log.error('close_failed', { error })
      }
    }
  }
  try {
    const { reread, doorUrl } = options
    const { recent } = opened
    return await wire({
      config,
      keys,
      sealed,
      runtime,
      scrubber,
      log,
      recent,
      metrics,
      alerts,
      closers,
      closeAll,
      reread,
      doorUrl,
    })
  } catch (error) {
    await closeAll()
    throw error
  }
}

interface Parts {
  readonly config: Config
  readonly keys: KeySource
  readonly sealed: SecretsFile | undefined
  readonly alerts: Alerts
  readonly runtime: Runtime
  readonly scrubber: Scrubber
  readonly log: Log
  readonly recent: LogReader
  readonly metrics: MetricsStore
  readonly closers: (() => Promise<void> | void)[]
  readonly closeAll: () => Promise<void>
  readonly reread: OpenGatewayOptions['reread']
  readonly doorUrl: OpenGatewayOptions['doorUrl']
}

async function wire(parts: Parts): Promise<Gateway> {
  const { config, runtime, log, metrics, closers } = parts
  const { clock, timers, ids, random, disk } = runtime
  const folder = join(config.homeFolder, config.environment)
  disk.makeFolder(folder)

  const paper = config.environment === 'paper' ? await startPaper({ config, folder, runtime, log }) : undefined
  if (paper) closers.push(() => paper.close())
  const connected = connect(parts, paper)
  closers.push(() => connected.close())
  const { venue, feed } = connected
  const keyName = paper?.key.name ?? config.coinbase.apiKey ?? ''
  const { accountId, checkLater } = await identifyAccount({ config, folder, keyName, venue, disk, log })

  const webhook = headsWebhook(parts)
  const journal = await openJournal({
    ...(config.store.url === undefined ? { path: config.store.file } : { url: config.store.url.reveal() }),
    headsPath: config.audit.headsFile,
    keyPath: config.audit.keyFile,
    headEvery: config.audit.headsEveryEntries,
    ...(webhook === undefined ? {} : { onHead: webhook.post }),
    environment: config.environment,
    hostId: readHostId(disk),
    clock,
    ids,
    random,
    log,
    disk,
    scrub: (text) => parts.scrubber.scrub(text),
  })
  if (webhook) closers.push(() => webhook.close(LAST_HEAD_MS))
  closers.push(() => journal.close())
  const { seq: headSeq } = await journal.audit({ actor: 'gateway', type: 'gateway.opened', body: describe(config) })

  const haltFile = readHaltFile(disk, folder)
  const agents = createAgentDirectory(config.environment, config.agents)
  const access = await openAccess({ ...parts, folder, agents, journal, headSeq, disk, timers })
  closers.push(() => access.close())
  const following = feed && followProducts({ market: connected.market, feed, clock, log, maxProducts: MAX_STREAMED })
  const market = following ?? connected.market
  const opened = await openLimits(journal, config)
  if (!isEmptyOverlay(opened.overlay)) log.warn('policy_overlay_in_force', { notes: opened.overlay.notes.length })
  const desk = createTradingDesk({
    environment: config.environment,
    accountId,
    ...(checkLater === undefined ? {} : { checkAccount: checkLater }),
    ...toPolicies(opened.inForce),
    dryRun: config.dryRun,
    adminTrades: config.adminTrades,
    journal,
    haltFile,
    cancelSpool: openCancelSpool({ path: join(folder, 'cancels.jsonl'), disk, log }),
    venue,
    account: venue,
    market,
    ...(feed === undefined ? {} : { feed }),
    clock,
    timers,
    ids,
    log,
    metrics,
    settings: {
      approvalExpiresAfterMs: config.approvals.expireAfterMs,
      ...(config.environment === 'paper' ? { proof: paperProof } : {}),
    },
  })
  closers.push(() => desk.close())

  const storeFolder = config.store.url === undefined ? dirname(config.store.file) : folder
  const room = watchDisk({ disk, folders: [folder, storeFolder], log, metrics, timers })
  closers.push(() => room.close())
  const { health, state } = showHealth({ config, desk, feed, clock, haltFile, diskProblem: room.problem })
  const limits = followLimits({ ...parts, opened, agents, desk, journal, disk, clock, timers })
  closers.push(() => limits.close())
  const surface = createSurface({
    desk,
    limits,
    logs: parts.recent,
    market,
    account: venue,
    clock,
    timers,
    log,
    health: state,
    ...(following === undefined ? {} : { subscribeTicker: (productIds) => following.subscribe(productIds) }),
    ...(config.mcp.offeredTools === undefined ? {} : { offeredTools: config.mcp.offeredTools }),
    maxCallsPerMinute: callsPerMinute(config),
    ...(config.mcp.entryEnd ? { entryEnd: config.mcp.entryEnd } : {}),
    adminTrades: config.adminTrades,
    approvalUrl: createApprovalUrl(config, parts.doorUrl),
  })

  const { requireTotp } = config.approvals
  const { book } = access
  const approvals = access.guard(createApprovalDoor({ desk, journal, book, agents, clock, requireTotp }))
  const names = createIdentifyApprover({ book, agents, requireTotp, operator: 'operator' })
  const identify = access.guardNames(names)
  const rotate = createKeyRotation({ ...parts, folder, venue, journal, disk })
  const verbs = {
    rotate_key: rotate,
    access_record: access.record,
    alerts_test: async () => ({ ...(await parts.alerts.test()) }),
  }
  const numbers = publishMetrics({ config, desk, metrics, runtime, log, closers })
  begin(parts, connected, desk)
  watchRecords(parts, journal, desk)
  exportHeads(parts, journal)
  return {
    config,
    desk,
    market,
    mcp: counted(scrubSurface(surface, parts.scrubber), metrics),
    control: scrubControl(
      withVerbs(createControl({ desk, journal, agents, approvals, limits, identify, random, clock, health }), verbs),
      parts.scrubber,
    ),
    approvals,
    tokens: journal,
    metrics: numbers,
    log,
    ...(paper === undefined ? {} : { paper: { restUrl: paper.restUrl, wsUrl: paper.wsUrl, keyFile: paper.keyFile } }),
    health,
    async close() {
      log.info('gateway_closing')
      await auditClose(journal, log)
      await parts.closeAll()
    },
  }
}

function connect(parts: Parts, paper: RunningPaper | undefined): ConnectedVenue {
  const { config, runtime, log, metrics, scrubber } = parts
  if (config.coinbase.apiKey !== undefined) {
    checkKeyName(runtime.disk, config.homeFolder, config.coinbase.apiKey, config.environment)
  }
  const common = { config, environment: config.environment, runtime, log, metrics }
  const { disk } = runtime
  if (paper) {
    scrubber.register(paper.key.secret)
    claimKey(disk, config.homeFolder, paper.key.name, 'paper')
    const addresses = { restUrl: paper.restUrl, marketWsUrl: paper.wsUrl, userWsUrl: paper.wsUrl }
    return connectVenue({ ...common, addresses, key: paper.key })
  }
  const { apiKey, apiSecret } = config.coinbase
  const key = apiKey !== undefined && apiSecret ? { name: apiKey, secret: apiSecret.reveal() } : undefined
  if (config.environment === 'production') {
    if (!key)
      throw new ConfigError('ERR_CONFIG_MISSING', 'production needs a key', {
        hint: 'Set COINBASE_API_KEY and COINBASE_API_SECRET',
      })
    claimKey(disk, config.homeFolder, key.name, 'production')
    return connectVenue({ ...common, addresses: coinbaseAddresses(config, 'production'), key })
  }
  // The static sandbox takes no authentication, so no key is ever shown to it.
  return connectVenue({ ...common, addresses: coinbaseAddresses(config, 'sandbox'), key: undefined })
}

/** Starts what goes on by itself; nobody waits for it. */
function begin({ config, runtime, log, closers }: Parts, { venue, feed }: ConnectedVenue, desk: TradingDesk): void {
  desk.start().catch((error: unknown) => log.error('desk_start_failed', { error }))
  feed?.subscribeUser().catch((error: unknown) => log.warn('user_stream_unavailable', { error }))
  if (config.environment === 'sandbox') return
  const clockTimer = runtime.timers.every(MEASURE_CLOCK_MS, () => void venue.measureClock())
  const keyTimer = runtime.timers.every(CHECK_KEY_MS, () => {
    recheckKey(config, venue, desk, log).catch((error: unknown) => log.warn('key_not_checked', { error }))
  })
  closers.push(() => {
    clockTimer.cancel()
    keyTimer.cancel()
  })
}

function headsWebhook({ config, runtime, log, metrics }: Parts): HeadsWebhook | undefined {
  const { webhookUrl: url } = config.audit
  return url === undefined
    ? undefined
    : createHeadsWebhook({ url, http: createAxiosTransport(), timers: runtime.timers, log, metrics })
}

/** What was written since the last head goes outside in time, also when it is little; nothing waits for it. */
function exportHeads({ config, runtime, log, closers }: Parts, journal: Journal): void {
  const timer = runtime.timers.every(config.audit.headsEveryMs, () => {
    journal.exportHead?.().catch((error: unknown) => log.warn('audit_head_not_exported', { error }))
  })
  closers.push(() => timer.cancel())
}

/** At start and once a day; nothing waits for it. */
function watchRecords({ runtime, log, metrics, closers }: Parts, journal: Journal, desk: TradingDesk): void {
  let isClosed = false
  const check = (): void => {
    checkRecords({ journal, desk, log, metrics }).catch((error: unknown) => {
      if (!isClosed) log.warn('records_not_checked', { error })
    })
  }
  const timer = runtime.timers.every(CHECK_RECORDS_MS, check)
  closers.push(() => {
    isClosed = true
    timer.cancel()
  })
  check()
}

/** A key may be widened while we run: then nothing more is sent with it until a person has looked. */
async function recheckKey(config: Config, venue: ConnectedVenue['venue'], desk: TradingDesk, log: Log): Promise<void> {
  const permissions = await venue.keyPermissions()
  try {
    checkKey(permissions, !config.dryRun)
  } catch (error) {
    log.error('key_refused', { error })
    await desk.setMode({
      principal: { name: 'gateway', role: 'admin' },
      scope: 'account',
      mode: 'HALTED',
      reason: error instanceof ConfigError ? error.shortMessage : 'the key was refused',
    })
  }
}

/** An agent's own number, else the one for everybody. */
function callsPerMinute({ agents, mcp }: Config): (principalName: string) => number {
  const own = new Map(agents.map(({ name, maxCallsPerMinute }) => [name, maxCallsPerMinute]))
  return (principalName) => own.get(principalName) ?? mcp.maxCallsPerMinute
}

function counted(surface: SurfaceBackend, metrics: MetricsStore): SurfaceBackend {
  return {
    ...surface,
    async callTool(principal, name, args, control) {
      const outcome = await surface.callTool(principal, name, args, control)
      metrics.count('tool_calls_total', { tool: name, is_error: String(outcome.isError) })
      return outcome
    },
  }
}

function describe(config: Config): Readonly<Record<string, unknown>> {
  return {
    environment: config.environment,
    dry_run: config.dryRun,
    policy_version: config.policy.version,
    server_version: config.server.version,
    pid: process.pid,
  }
}

async function auditClose(journal: Journal, log: Log): Promise<void> {
  try {
    await journal.audit({ actor: 'gateway', type: 'gateway.closed', body: { pid: process.pid } })
  } catch (error) {
    log.error('audit_failed', { error })
  }
}
