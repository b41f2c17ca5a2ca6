import { AsyncLocalStorage } from 'node:async_hooks'
import type { Writable } from 'node:stream'
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server'
import type { Log, Timers } from '@tidegate/trading-model'
import { createNoticeQueue } from '../serve/notice-queue.js'

/** The bus behind `subscriptions/listen`, with a queue for each reader: the protocol library's own would buffer without end. */
export interface ReaderBus extends ServerEventBus {
  /** Whatever subscribes while `run` is at work writes to `reader`. */
  forReader<T>(reader: Writable, run: () => T): T
}

/** Makes a bus without readers. */
export function createReaderBus(log: Log, timers: Timers | undefined): ReaderBus {
  const reading = new AsyncLocalStorage<Writable>()
  const listeners = new Set<(event: ServerEvent) => void>()
  return {
    forReader: (reader, run) => reading.run(reader, run),
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          log.debug('mcp_bus', { error })
        }
      }
    },
    subscribe(listener) {
      const reader = reading.getStore()
      const queue = createNoticeQueue({
        reader: () => reader,
        send: (uri) => listener({ kind: 'resource_updated', uri }),
        ...(timers === undefined ? {} : { cutOff: timers }),
      })
      const take = (event: ServerEvent): void => {
        if (event.kind === 'resource_updated' && reader) queue.push(event.uri)
        else listener(event)
      }
      listeners.add(take)
      return () => {
        listeners.delete(take)
        queue.close()
      }
    },
  }
}
