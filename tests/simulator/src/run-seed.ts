import type { DayMark, Intent, Log } from '@tidegate/trading-model'
import { countingIds, createPrng } from './core/prng.js'
import { createTrace } from './core/trace.js'
import { createWorld } from './core/world.js'
import { createFaultBook } from './faults/fault-book.js'
import type { Focus } from './faults/fault-mix.js'
import { createHttpNetwork } from './network/http-network.js'
import { createSocketNetwork } from './network/socket-network.js'
import { openingUsd } from './oracles/check-exposure.js'
import { type Coverage, createCoverage } from './oracles/coverage.js'
import { createJudge, type Judge, type Violation } from './oracles/judge.js'
import { watchSecrets } from './oracles/watch-secrets.js'
import { createFleet } from './process/fleet.js'
import { openStore } from './store/open-store.js'
import { createMarketDriver } from './venue/market-driver.js'
import { createSimExchange } from './venue/sim-exchange.js'
import { startAgents } from './workload/agents.js'
import { liveOn } from './workload/liveness.js'
import { ALICE } from './workload/people.js'
import { drawScenario } from './workload/scenario.js'
import { createStranger } from './workload/stranger.js'
import { startWeather } from './workload/weather.js'

export interface SeedOptions {
  readonly store: 'model' | 'sqlite'
  readonly keepsTrace: boolean
  readonly faults: boolean
  readonly focus: readonly Focus[]
  /** See {@link createWorld}. */
  readonly checkpoint: (() => void) | undefined
}

export interface SeedResult {
  readonly seed: number
  readonly hash: string
  readonly events: number
  readonly violations: readonly Violation[]
  readonly faults: ReadonlyMap<string, number>
  readonly coverage: Coverage
  readonly trace: readonly string[]
  readonly simulatedMs: number
  readonly intents: number
  readonly orders: number
}

/** Runs one seed from its first to its last event. The same seed gives the same run, whoever runs it and whatever ran before. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  const prng = createPrng(seed)
  const isSqlite = options.store === 'sqlite'
  const scenario = drawScenario(prng.fork('scenario'), {
    maxProcesses: isSqlite ? 1 : 4,
    faults: options.faults,
    focus: options.focus,
  })
  const trace = createTrace(options.keepsTrace, scenario.startMs)
  const world = createWorld(scenario.startMs, trace, options.checkpoint)
  const faults = createFaultBook(scenario.mix, prng.fork('faults'))
  const coverage = createCoverage()
  const secrets = watchSecrets()
  const log: Log = options.keepsTrace ? tellingLog(trace, () => world.nowMs(), secrets.log) : secrets.log
  let opening: ReturnType<typeof openingUsd> | undefined
  let openedAtMs: number | undefined
  let court: Judge | undefined

  const exchange = createSimExchange({
    world,
    faults,
    ids: countingIds('e0000000'),
    log,
    privatePerSecond: scenario.privatePerSecond,
    balances: scenario.balances,
    // The deposits of the opening come before there is anybody to judge.
    onEffects(effects) {
      court?.onEffects(effects)
      // Not what strikes now and then, but how a seed's exchange is.
      const isSlow = scenario.mix.venueDelayMs > 0 && scenario.mix.isOn
      if (isSlow && effects.some(({ kind }) => kind === 'opened')) faults.note('venue_delay')
    },
  })
  const market = createMarketDriver(world, exchange, prng.fork('market'), scenario.restlessness)
  const stranger = createStranger(exchange, market, prng.fork('stranger'))
  const judge = createJudge({
    world,
    exchange,
    market,
    policy: scenario.policy,
    tokenLifetimeMs: 120_000,
    signWithinMs: 3_000,
    outside: stranger.clientOrderIds,
    editedOutside: stranger.editedOrderIds,
    mistaken: exchange.mistaken,
    openedAtMs: () => openedAtMs,
    openingEquityUsd: () => opening,
    listLagMs: scenario.mix.listLagMs,
    worldTimesOf: (process, clockMs) => fleet.worldTimesOf(process, clockMs),
  })
  court = judge
  const store = await openStore(options.store, {
    world,
    prng: prng.fork('store'),
    log,
    processes: scenario.processes,
  })
  const http = createHttpNetwork(world, faults, exchange, {
    onSend: (verb, request) => judge.onSend(verb, request),
    onAnswer: (verb, request, status, answer) => judge.refusals.onAnswer(verb, request, status, answer),
    onHeard: (by, url, toldAtMs) => judge.prices.onAnswer(by, url, toldAtMs),
  })
  const sockets = createSocketNetwork(world, faults, exchange, (by, text, toldAtMs) =>
    judge.prices.onFrame(by, text, toldAtMs),
  )
  const fleet = createFleet({
    world,
    faults,
    scenario,
    store,
    http,
    sockets,
    prng: prng.fork('processes'),
    log,
    points: coverage.points,
    onReconciled: (by, report) => judge.surfaced.onReconciled(by, report),
    onCommit: (incarnation, method, args, result, journal) => {
      const entry = judge.onCommit(incarnation.name, method, args, result, journal)
      coverage.note(method, args, entry)
      if (method === 'audit') openedAtMs ??= baselineOf(args[0])
      if (method === 'markDay' && result === args[0])
        opening = openingUsd({ exchange, market, world }, (args[0] as DayMark).prices)
    },
  })
  const told: { readonly intent: Intent; readonly outcome: string }[] = []
  startWeather({
    world,
    faults,
    fleet,
    exchange,
    placeOutside: () => stranger.place(),
    editOutside: () => stranger.edit(),
  })
  fleet.startAll()
  const agents = {
    world,
    prng: prng.fork('agents'),
    judge,
    market,
    exchange,
    desks: () => fleet.desks(),
    placeOutside: () => stranger.place(),
    isCrowded: options.focus.includes('crowd'),
    cancelsMuch: options.focus.includes('cancels'),
    changesSoon: options.focus.includes('changes'),
    approvesSoon: options.focus.includes('approvals'),
    listsAreTrue: scenario.mix.listLagMs === 0 && scenario.mix.rates.schema_drift === 0,
  }
  const dismissAgents = startAgents(
    { ...agents, onHeard: (intent, outcome) => told.push({ intent, outcome }) },
    scenario.actions,
    scenario.safetyMs,
  )

  const restore = guardRejections(judge.blame)
  try {
    await world.run(scenario.startMs + scenario.safetyMs)
    await liveOn({ world, faults, fleet, http, exchange, market, judge, principal: ALICE, dismissAgents })
    await judge.atEnd(await store.judge())
    checkTold(told, judge)
    secrets.check(judge.blame, trace.lines())
  } finally {
    restore()
    await store.close()
  }
  return {
    seed,
    hash: trace.hash(),
    events: world.eventCount(),
    violations: judge.violations,
    faults: faults.struck,
    coverage,
    trace: trace.lines(),
    simulatedMs: world.nowMs() - scenario.startMs,
    intents: judge.shadow.intents.size,
    orders: exchange.engine.state.orders.size,
  }
}

function baselineOf(entry: unknown): number | undefined {
  const { type, body } = entry as { readonly type: string; readonly body: { readonly at_ms?: number } }
  return type === 'ledger_baseline' ? body.at_ms : undefined
}

/** What agents were told stands to the end. */
function checkTold(
  told: readonly { readonly intent: Intent; readonly outcome: string }[],
  { shadow, blame, surfaced, refusals }: Judge,
): void {
  for (const { intent, outcome } of told) {
    const now = shadow.intents.get(intent.intentId)?.intent
    const saidNo = outcome === 'denied' || outcome === 'rejected' || outcome === 'not_sent'
    // It was so when it was said; a copy of what was refused came through since.
    const isLateCopy = now !== undefined && outcome === 'rejected' && surfaced.allows(now)
    if (saidNo && now?.venueOrderId !== undefined && now.state !== 'FAILED' && !isLateCopy) {
      blame('I4', `an agent was told ${outcome} about intent ${intent.intentId}, which is order ${now.venueOrderId}`)
    }
    const target = shadow.intents.get(now?.targetIntentId ?? '')?.intent
    const wasRefused = outcome === 'rejected' && refusals.hasRefusedEdit(target?.venueOrderId ?? '')
    if (saidNo && now?.state === 'APPLIED' && !wasRefused)
      blame('I4', `an agent was told ${outcome} about edit ${intent.intentId}, which was made`)
    if (!now) blame('I2', `an agent was told of intent ${intent.intentId}, which was never committed`)
  }
}

/** A promise that fails without anybody who minds is a zombie in the making (E9). */
function guardRejections(blame: (invariant: string, problem: string) => void): () => void {
  const onRejection = (reason: unknown): void => {
    blame(
      'I7',
      `nobody minds this failure: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
    )
  }
  process.on('unhandledRejection', onRejection)
  return () => {
    process.off('unhandledRejection', onRejection)
  }
}

function tellingLog(trace: ReturnType<typeof createTrace>, nowMs: () => number, next: Log): Log {
  const tell =
    (level: 'debug' | 'info' | 'warn' | 'error'): Log['info'] =>
    (event, fields) => {
      if (trace.lines().length < 200_000) trace.say(nowMs(), `  ${level} ${event}`, JSON.stringify(fields ?? {}))
      next[level](event, fields)
    }
  return { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') }
}
