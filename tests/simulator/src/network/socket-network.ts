import type { SocketConnection, SocketHandlers, SocketTransport } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import { FRAME_FAULTS } from '../faults/fault-mix.js'
import type { Incarnation } from '../process/incarnation.js'
import type { ServerEnd, SimExchange } from '../venue/sim-exchange.js'

/** WebSockets without wires: frames keep their order unless a fault takes it, and a dead client's connection ends. */
export interface SocketNetwork {
  transportOf(incarnation: Incarnation): SocketTransport
  /** The process is gone: the kernel closes its connections. */
  dropAll(incarnation: Incarnation): void
}

/** @returns The network of streams. */
export function createSocketNetwork(
  world: World,
  faults: FaultBook,
  exchange: SimExchange,
  /** A frame has reached a process. */
  onHeard: (by: string, text: string, toldAtMs: number) => void,
): SocketNetwork {
  const { prng } = faults
  const open = new Map<Incarnation, Set<ServerEnd>>()

  function connect(incarnation: Incarnation, handlers: SocketHandlers): SocketConnection {
    let isClosed = false
    let isSilent = false
    let lastAtMs = 0
    let heldBack: string | undefined
    let server: ServerEnd | undefined

    const hand = (label: string, delayMs: number, run: () => void): void => {
      // What was sent earlier arrives earlier.
      lastAtMs = Math.max(lastAtMs, world.nowMs() + delayMs)
      world.schedule(
        lastAtMs - world.nowMs(),
        label,
        () => {
          if (incarnation.point('socket frame')) incarnation.whenRunning(run)
        },
        incarnation,
      )
    }
    const closeHere = (code: number, reason: string, delayMs: number): void => {
      if (isClosed) return
      isClosed = true
      if (server) {
        open.get(incarnation)?.delete(server)
        server.closed()
      }
      hand('socket closed', delayMs, () => handlers.onClose(code, reason))
    }
    const deliver = (text: string): void => {
      const latency = prng.between(1, 25)
      const toldAtMs = world.nowMs()
      hand('frame', latency, () => {
        if (isClosed) return
        onHeard(incarnation.name, text, toldAtMs)
        handlers.onText(text)
      })
    }
    const onFrame = (text: string): void => {
      if (isClosed || isSilent) return
      const held = heldBack
      heldBack = undefined
      switch (faults.draw(FRAME_FAULTS)) {
        case undefined:
          deliver(text)
          break
        case 'frame_gap':
          break
        case 'frame_duplicated':
          deliver(text)
          deliver(text)
          break
        case 'frame_reordered':
          heldBack = text
          break
        case 'stream_silent':
          isSilent = true
          break
        case 'stream_closed':
          closeHere(1006, '', 1)
          break
      }
      if (held !== undefined) deliver(held)
    }
    world.schedule(prng.between(1, 60), 'socket dial', () => {
      if (isClosed || incarnation.isDead) return
      server = exchange.connect(onFrame, (code, reason) => closeHere(code, reason, prng.between(1, 25)))
      const set = open.get(incarnation) ?? new Set()
      set.add(server)
      open.set(incarnation, set)
      hand('socket open', prng.between(1, 25), () => {
        if (!isClosed) handlers.onOpen()
      })
    })
    return {
      send(text) {
        if (!incarnation.point('socket send')) return
        incarnation.whenRunning(() => {
          world.schedule(prng.between(1, 25), 'socket message', () => {
            if (!isClosed) server?.receive(text)
          })
        })
      },
      close: (code) => closeHere(code ?? 1000, '', 1),
      terminate: () => closeHere(1006, '', 1),
    }
  }

  return {
    transportOf: (incarnation) => ({ connect: (_url, handlers) => connect(incarnation, handlers) }),
    dropAll(incarnation) {
      const ends = open.get(incarnation)
      open.delete(incarnation)
      for (const server of ends ?? []) world.schedule(1, 'socket lost', () => server.closed())
    },
  }
}
