import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'

export type RunningExchange = PaperExchange

/** An exchange in memory on a free port, with the same market each time. */
export function openExchange(): Promise<RunningExchange> {
  return createPaperExchange({ seed: 7, rateLimits: 'off' })
}
