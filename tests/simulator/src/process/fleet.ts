import type { ReconcileReport, TradingDesk } from '@tidegate/trading-desk'
import type { Ids, Journal, Log } from '@tidegate/trading-model'
import { countingIds, type Prng, seededRandom } from '../core/prng.js'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import type { HttpNetwork } from '../network/http-network.js'
import type { SocketNetwork } from '../network/socket-network.js'
import { type CommitListener, labelJournal } from '../store/labelled-journal.js'
import type { SimStore } from '../store/sim-store.js'
import type { Scenario } from '../workload/scenario.js'
import { createIncarnation, type Incarnation } from './incarnation.js'
import { startProcess } from './start-process.js'

/** A process that is running, or will be. */
interface Slot {
  life: number
  clockOffsetMs: number
  /** How far its clock has been off, and since when. */
  readonly clockHistory: { readonly fromMs: number; readonly offsetMs: number }[]
  incarnation: Incarnation | undefined
  desk: TradingDesk | undefined
  instanceId: string | undefined
  isStarting: boolean
}

/** All processes of a run, with the supervisor that starts them again. */
export interface Fleet {
  startAll(): void
  /** Desks that can be called: alive, opened, not stopped. */
  desks(): readonly TradingDesk[]
  isReady(): boolean
  stepClock(slot: number, offsetMs: number): void
  /** Moments at which the clock of a process showed this time. */
  worldTimesOf(process: string, clockMs: number): readonly number[]
  loseLease(slot: number): void
  /** Ends in good order and starts again. */
  restart(slot: number): void
  /** The end of all trouble: everybody awake, alive, with a right clock and a valid lease. */
  heal(): void
  readonly size: number
}

export interface FleetDeps {
  readonly world: World
  readonly faults: FaultBook
  readonly scenario: Scenario
  readonly store: SimStore
  readonly http: HttpNetwork
  readonly sockets: SocketNetwork
  readonly prng: Prng
  readonly log: Log
  readonly points: Map<string, number>
  readonly onCommit: CommitListener
  readonly onReconciled: (by: string, report: ReconcileReport) => void
}

/** @returns Processes that are not started yet. */
export function createFleet(deps: FleetDeps): Fleet {
  const { world, faults, scenario, store, prng } = deps
  const slots: Slot[] = Array.from({ length: scenario.processes }, () => ({
    life: 0,
    clockOffsetMs: 0,
    clockHistory: [{ fromMs: 0, offsetMs: 0 }],
    incarnation: undefined,
    desk: undefined,
    instanceId: undefined,
    isStarting: false,
  }))
  const fenced = new Set<number>()

  function setClock(slot: Slot, offsetMs: number): void {
    slot.clockOffsetMs = offsetMs
    slot.clockHistory.push({ fromMs: world.nowMs(), offsetMs })
  }

  function startLater(index: number, delayMs: number): void {
    const slot = slots[index] as Slot
    if (slot.isStarting) return
    slot.isStarting = true
    world.schedule(delayMs, `start p${index}`, () => {
      slot.isStarting = false
      start(index)
    })
  }

  function start(index: number): void {
    const slot = slots[index] as Slot
    const { life } = slot
    slot.life++
    slot.desk = undefined
    fenced.delete(index)
    const incarnation = createIncarnation({
      world,
      faults,
      slot: index,
      life,
      clockOffsetMs: () => slot.clockOffsetMs,
      points: deps.points,
      onDeath: (dead) => {
        deps.sockets.dropAll(dead)
        if (slot.incarnation === dead) startLater(index, faults.prng.between(100, 15_000))
      },
    })
    slot.incarnation = incarnation
    store.open(incarnation).then(
      (journal) => {
        if (!incarnation.isDead && slot.incarnation === incarnation) wire(slot, incarnation, journal)
      },
      (error: unknown) => incarnation.kill(`the store did not open: ${String(error)}`),
    )
  }

  function wire(slot: Slot, incarnation: Incarnation, journal: Journal): void {
    const ids: Ids = countingIds(hex(1 + incarnation.slot * 4_096 + slot.life))
    slot.instanceId = journal.instanceId
    slot.desk = startProcess({
      incarnation,
      journal: labelJournal({ world, faults, incarnation, journal, onCommit: deps.onCommit }),
      http: deps.http.transportOf(incarnation),
      sockets: deps.sockets.transportOf(incarnation),
      random: seededRandom(prng.fork(incarnation.name)),
      ids,
      log: deps.log,
      policy: scenario.policy,
      settings: scenario.settings,
      hasStream: scenario.hasStream,
      onReconciled: (report) => deps.onReconciled(incarnation.name, report),
    })
  }

  return {
    size: slots.length,
    startAll() {
      for (const [index] of slots.entries()) startLater(index, index === 0 ? 0 : prng.between(0, 3_000))
    },
    desks: () =>
      slots.flatMap(({ desk, incarnation }) =>
        desk && incarnation && !incarnation.isDead && !incarnation.isPaused ? [desk] : [],
      ),
    isReady: () =>
      slots.every(
        ({ desk, incarnation, isStarting }) =>
          !isStarting && incarnation?.isDead === false && desk?.readiness().ready === true,
      ),
    stepClock(index, offsetMs) {
      const slot = slots[index]
      if (slot) setClock(slot, offsetMs)
    },
    worldTimesOf(process, clockMs) {
      const history = slots[Number(/^p(\d+)/.exec(process)?.[1])]?.clockHistory ?? []
      return history.flatMap(({ fromMs, offsetMs }, era) => {
        const atMs = clockMs - offsetMs
        return atMs >= fromMs && atMs <= (history[era + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER) ? [atMs] : []
      })
    },
    loseLease(index) {
      const slot = slots[index]
      if (!slot?.instanceId || !slot.incarnation || slot.incarnation.isDead) return
      fenced.add(index)
      store.fence(slot.instanceId)
    },
    restart(index) {
      const slot = slots[index]
      const { desk, incarnation } = slot ?? {}
      if (!slot || !desk || !incarnation || incarnation.isDead) return
      if (incarnation.isPaused) {
        // Whoever supervises it believes it dead: another takes its place, and the sleeper wakes as a ghost.
        start(index)
        return
      }
      slot.desk = undefined
      desk.close().then(
        () => incarnation.kill('closed'),
        () => incarnation.kill('close failed'),
      )
    },
    heal() {
      for (const [index, slot] of slots.entries()) {
        setClock(slot, 0)
        slot.incarnation?.resume()
        const isLost = fenced.has(index) || slot.incarnation?.isDead === true
        if (fenced.has(index)) slot.incarnation?.kill('its lease is lost')
        if (isLost) startLater(index, 0)
      }
    },
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
