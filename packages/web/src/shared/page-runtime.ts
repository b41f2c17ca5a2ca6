import type { MessagePort2Way } from '../host/host-link.js'

/** The page's clock, timers and window: the one place that touches them. */
export interface PageRuntime {
  nowMs(): number
  every(ms: number, run: () => void): void
  readonly port: MessagePort2Way
}

/** Makes the runtime of a page inside a host's frame. */
export function createPageRuntime(): PageRuntime {
  const holder = window.parent
  return {
    nowMs: () => Date.now(),
    every: (ms, run) => void setInterval(run, ms),
    port: {
      // The holder's origin is not known before it speaks; nothing secret is ever sent.
      send: (message) => holder.postMessage(message, '*'),
      listen: (receive) =>
        window.addEventListener('message', (event) => {
          if (event.source === holder) receive(event.data)
        }),
      after: (ms, run) => void setTimeout(run, ms),
    },
  }
}
