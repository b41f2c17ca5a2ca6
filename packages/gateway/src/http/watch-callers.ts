import type { ServerResponse } from 'node:http'
import { BaseError, type Log, type Principal, type Timers } from '@tidegate/trading-model'
import type { Gatekeeper } from '../access/gatekeeper.js'

/** Between two looks at who may still follow what, ms. */
const LOOK_MS = 500

/** Who asked for an answer that stays open. */
export interface OpenedBy {
  /** The `Authorization` headers of the request. */
  readonly authorization: readonly string[] | undefined
  /** Whom the request named; absent over MCP. */
  readonly claimed?: Principal
  /** As whom the request was let in. */
  readonly principal: Principal
}

/** Answers that stay open for as long as whoever asked for them might ask again. */
export interface CallerWatch {
  follow(response: ServerResponse, by: OpenedBy): void
  /** Ends at once what may not go on. Without a call it is looked every half second: another gateway may have revoked a token. */
  lookNow(): Promise<void>
  close(): void
}

/**
 * Ends streams whose token was revoked or has expired, or that would be opened as somebody else by now: another role, other permissions,
 * a name that has got a token of its own. Requests that were let in are answered; only what stays open is looked at again.
 */
export function watchCallers(gatekeeper: Gatekeeper, timers: Timers, log: Log): CallerWatch {
  const open = new Map<ServerResponse, OpenedBy>()
  let looking: Promise<void> | undefined
  let timer: { cancel(): void } | undefined

  const lookAtAll = async (): Promise<void> => {
    // Many streams of one caller are one question.
    const asked = new Map<string, Promise<boolean>>()
    for (const [response, by] of open) {
      const key = JSON.stringify([by.authorization, by.claimed, by.principal])
      const answer = asked.get(key) ?? mayGoOn(by)
      asked.set(key, answer)
      if ((await answer) || !open.delete(response)) continue
      log.warn('stream_ended', { principal: by.principal.name, why: 'its token is not valid for it any more' })
      response.destroy()
    }
  }

  const mayGoOn = async ({ authorization, claimed, principal }: OpenedBy): Promise<boolean> => {
    try {
      const caller = await gatekeeper.recogniseHeaders(authorization)
      return caller !== undefined && isSame(await gatekeeper.speakFor(caller, claimed), principal)
    } catch (error) {
      // Only a clear no ends a stream: a store that is busy for a moment has revoked nothing.
      return !(BaseError.isInstance(error) && error.code === 'ERR_PERMISSION')
    }
  }

  const lookNow = async (): Promise<void> => {
    // One that is under way may have asked before what we are called for happened.
    await looking
    looking ??= lookAtAll().finally(() => {
      looking = undefined
    })
    await looking
  }

  return {
    follow(response, by) {
      if (response.destroyed) return
      open.set(response, by)
      timer ??= timers.every(LOOK_MS, () => void (looking ?? lookNow()))
      response.once('close', () => {
        open.delete(response)
        if (open.size > 0) return
        timer?.cancel()
        timer = undefined
      })
    },
    lookNow,
    close: () => timer?.cancel(),
  }
}

function isSame(now: Principal, then: Principal): boolean {
  const permissions = ({ permissions: own }: Principal): string => JSON.stringify(own?.toSorted() ?? null)
  return now.name === then.name && now.role === then.role && permissions(now) === permissions(then)
}
