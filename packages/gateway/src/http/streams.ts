import type { ServerResponse } from 'node:http'
import type { Timers } from '@tidegate/trading-model'

/** A line at least this often shows that the owner lives, ms. */
const HEARTBEAT_MS = 5_000
/** A reader that lets this much pile up is cut off, bytes. */
const MAX_WAITING_BYTES = 1_048_576

/** Open answers of JSON lines. */
export interface Streams {
  /** Answers with lines until either side ends; `begin` gets the way to send one and returns the way to stop. */
  open(response: ServerResponse, begin: (send: (line: object) => void) => () => void): void
  endAll(): void
}

/** Makes an empty set. The first line is `{"open":true}`, a heartbeat is `{}`. */
export function createStreams(timers: Timers): Streams {
  const open = new Set<ServerResponse>()
  return {
    open(response, begin) {
      const early: object[] = []
      let isOpen = false
      const send = (line: object): void => {
        if (!isOpen) early.push(line)
        else if (response.writableLength > MAX_WAITING_BYTES) response.destroy()
        else response.write(`${JSON.stringify(line)}\n`)
      }
      // Before the head is written a refusal can still be told in the ordinary way.
      const stop = begin(send)
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
      isOpen = true
      for (const line of [{ open: true }, ...early]) send(line)
      const heartbeat = timers.every(HEARTBEAT_MS, () => send({}))
      open.add(response)
      response.on('close', () => {
        heartbeat.cancel()
        open.delete(response)
        stop()
      })
    },
    endAll() {
      for (const response of open) response.end()
    },
  }
}
