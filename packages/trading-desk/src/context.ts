import type { Policy } from '@tidegate/risk-engine'
import {
  BaseError,
  type Intent,
  type IntentEvent,
  type Journal,
  type Mode,
  type ModeRow,
  type Timer,
} from '@tidegate/trading-model'
import { createHeldModes, type HeldModes } from './breaker/held-modes.js'
import type { TradingDeskDeps } from './deps.js'
import type { DeskEvent, Policies } from './desk.js'
import { createHaltFile, type HaltFile } from './halt-file.js'
import { type DeskSettings, resolveSettings } from './settings.js'

/** Who acts when nobody asked: recovery, timers, the breaker. */
export const DESK_ACTOR = 'desk'

/** What every part of the desk shares. */
export interface DeskContext extends Omit<TradingDeskDeps, 'settings' | 'haltFile'> {
  readonly settings: DeskSettings
  /** Why a file halts trading now. */
  readonly haltedByFile: HaltFile
  /** Modes in force here that the store has not taken yet. */
  readonly heldModes: HeldModes
  /** The limits of whoever asked for an order, also when somebody else approves it or recovery sends it. */
  readonly policyFor: (principalName: string) => Policy
  /** The limits in force from now on; what is being decided at this moment is decided again. */
  setPolicies(policies: Policies): void
  /** Venue time: ours plus the measured skew. */
  venueNowMs(): number
  /** The store's time: ours plus the distance it showed last. Days and windows are counted by it, so that no host opens one early. */
  storeNowMs(): number
  noteStoreTime(nowMs: number | undefined): void
  /** Applies an event, tells the listeners; a bug found by the reducer halts the account and is thrown on. */
  apply(intentId: string, event: IntentEvent, actor: string, options?: Parameters<Journal['apply']>[3]): Promise<Intent>
  emit(event: DeskEvent): void
  listen(listener: (event: DeskEvent) => void): () => void
  /** Tightens a mode by the desk itself; never loosens one. In force when this is called, written as soon as the store takes it. */
  trip(scope: string, mode: Mode, reason: string): Promise<void>
  onTrip(trip: (scope: string, mode: Mode, reason: string) => Promise<ModeRow | undefined>): void
  /** Why this desk may not send any more: another process has taken over the store. */
  replaced(): string | undefined
  noteReplaced(reason: string): void
  /** The store refused a submit of this desk: replaced for good, or its lease has run out. */
  noteFenced(): void
  onFenced(fenced: () => void): void
  isClosing(): boolean
  beginClosing(): void
  /** Runs `work` nobody waits for; a failure is logged, never lost. */
  background(event: string, work: Promise<unknown>): void
  /** A timer that the desk cancels when it closes. */
  after(ms: number, run: () => void): Timer
  every(ms: number, run: () => void): Timer
}

/** @returns The shared context over the injected ports. */
export function createContext(deps: TradingDeskDeps): DeskContext {
  const settings = resolveSettings(deps.settings, deps.environment)
  const listeners = new Set<(event: DeskEvent) => void>()
  const running = new Set<Timer>()
  let tripper: Parameters<DeskContext['onTrip']>[0] | undefined
  let policies: Policies = { policy: deps.policy, agentPolicies: deps.agentPolicies ?? new Map<string, Policy>() }
  let storeAheadMs = 0
  let closing = false
  let replaced: string | undefined
  let onFence: (() => void) | undefined

  const context: DeskContext = {
    ...deps,
    settings,
    haltedByFile: createHaltFile(deps.haltFile, deps.log, deps.metrics),
    heldModes: createHeldModes(),
    get policy() {
      return policies.policy
    },
    get agentPolicies() {
      return policies.agentPolicies
    },
    policyFor: (principalName) => policies.agentPolicies.get(principalName) ?? policies.policy,
    setPolicies(next) {
      policies = next
    },
    venueNowMs: () => deps.clock.nowMs() + (deps.account.clockSkewMs() ?? 0),
    storeNowMs: () => deps.clock.nowMs() + storeAheadMs,
    noteStoreTime(nowMs) {
      if (nowMs !== undefined) storeAheadMs = nowMs - deps.clock.nowMs()
    },
    async apply(intentId, event, actor, options) {
      try {
        const intent = await deps.journal.apply(intentId, event, actor, options)
        context.emit({ type: 'intent', intent })
        return intent
      } catch (error) {
        if (BaseError.isInstance(error) && error.code === 'ERR_INVARIANT') {
          deps.log.error('invariant_broken', { intent_id: intentId, event: event.type, error: error.shortMessage })
          await context.trip('account', 'HALTED', `bug: ${error.shortMessage}`)
        }
        throw error
      }
    },
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          deps.log.error('listener_failed', { event: event.type, error: describeError(error) })
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async trip(scope, mode, reason) {
      // What failed is held, said and tried again by the kill switch.
      await tripper?.(scope, mode, reason).catch(() => undefined)
    },
    onTrip(trip) {
      tripper = trip
    },
    replaced: () => replaced,
    noteReplaced(reason) {
      if (replaced === undefined) deps.log.error('desk_replaced', { reason })
      replaced = reason
    },
    noteFenced() {
      // One owner that is fenced has been replaced; one of several may have been asleep.
      if (deps.journal.isShared === true && onFence) onFence()
      else context.noteReplaced('another process owns the store now')
    },
    onFenced(fenced) {
      onFence = fenced
    },
    isClosing: () => closing,
    beginClosing() {
      closing = true
      for (const timer of running) timer.cancel()
      running.clear()
    },
    background(event, work) {
      work.catch((error: unknown) => deps.log.error(event, { error: describeError(error) }))
    },
    after(ms, run) {
      const timer = deps.timers.after(ms, () => {
        running.delete(timer)
        if (!closing) run()
      })
      running.add(timer)
      return timer
    },
    every(ms, run) {
      const timer = deps.timers.every(ms, () => {
        if (!closing) run()
      })
      running.add(timer)
      return timer
    },
  }
  return context
}

/** One line about any thrown value; no stack, no secret-bearing context. */
export function describeError(error: unknown): string {
  if (BaseError.isInstance(error)) return `${error.code}: ${error.shortMessage}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
