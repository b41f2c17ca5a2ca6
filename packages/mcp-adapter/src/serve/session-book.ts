import type { Principal, Timer, Timers } from '@tidegate/trading-model'

/** Sessions of one principal, and of all. */
const MAX_EACH = 8
const MAX_ALL = 64
/** A session that nobody uses and that has no open stream ends after so long, ms. */
const IDLE_MS = 300_000
/** Ids of ended sessions that are remembered as ended. */
const MAX_ENDED = 256

/** A session in the book. */
export interface Session<T> {
  readonly id: string
  readonly value: T
  /** Something of the session is under way (a request, a stream); returns the way to say that it is over. */
  readonly use: () => () => void
  readonly end: () => void
}

/** Who has which session. An id opens nothing by itself: every request is authenticated, and another principal's id is no id. */
export interface SessionBook<T> {
  /** Opens one; makes room by ending what its principal used least, or anybody did. `undefined`: everything is in use. */
  open(principal: Principal, make: (id: string) => T): Session<T> | undefined
  /** The principal's session of that id. One opened under another role or with other permissions ends here. */
  find(principal: Principal, id: string): Session<T> | undefined
  /** True when the session was ended by its client. */
  wasEnded(id: string): boolean
  /** Ends one because its client said so. */
  endFor(session: Session<T>): void
  closeAll(): void
  readonly size: number
}

interface Held<T> extends Session<T> {
  readonly principal: Principal
  uses: number
  usedAt: number
  timer: Timer | undefined
}

/**
 * Opens an empty book.
 *
 * @param newId - Ids that nobody can guess.
 * @param onEnd - Frees what a session holds.
 */
export function createSessionBook<T>(options: {
  readonly timers: Timers
  readonly newId: () => string
  readonly onEnd: (value: T) => void
}): SessionBook<T> {
  const held = new Map<string, Held<T>>()
  const ended = new Set<string>()
  let order = 0

  const end = (session: Held<T>): void => {
    if (!held.delete(session.id)) return
    session.timer?.cancel()
    options.onEnd(session.value)
  }

  const makeRoom = (name: string): boolean => {
    const idle = [...held.values()].filter(({ uses }) => uses === 0).sort((a, b) => a.usedAt - b.usedAt)
    const isMine = ({ principal }: Held<T>): boolean => principal.name === name
    if ([...held.values()].filter(isMine).length >= MAX_EACH) {
      const mine = idle.find(isMine)
      if (!mine) return false
      end(mine)
    }
    if (held.size < MAX_ALL) return true
    const [oldest] = idle
    if (!oldest) return false
    end(oldest)
    return true
  }

  const rest = (session: Held<T>): void => {
    session.timer?.cancel()
    session.timer = session.uses > 0 ? undefined : options.timers.after(IDLE_MS, () => end(session))
  }

  return {
    open(principal, make) {
      if (!makeRoom(principal.name)) return undefined
      const id = options.newId()
      const session: Held<T> = {
        id,
        principal,
        value: make(id),
        uses: 0,
        usedAt: ++order,
        timer: undefined,
        use() {
          session.uses++
          session.usedAt = ++order
          rest(session)
          let over = false
          return () => {
            if (over) return
            over = true
            session.uses--
            if (held.has(id)) rest(session)
          }
        },
        end: () => end(session),
      }
      held.set(id, session)
      rest(session)
      return session
    },
    find(principal, id) {
      const session = held.get(id)
      if (session?.principal.name !== principal.name) return undefined
      if (isSame(session.principal, principal)) return session
      end(session)
      return undefined
    },
    wasEnded: (id) => ended.has(id),
    endFor(session) {
      ended.add(session.id)
      const [oldest] = ended
      if (ended.size > MAX_ENDED && oldest !== undefined) ended.delete(oldest)
      session.end()
    },
    closeAll() {
      for (const session of held.values()) end(session)
    },
    get size() {
      return held.size
    },
  }
}

function isSame(one: Principal, other: Principal): boolean {
  const rights = ({ role, permissions }: Principal): string =>
    JSON.stringify([role, permissions && [...permissions].sort()])
  return rights(one) === rights(other)
}
