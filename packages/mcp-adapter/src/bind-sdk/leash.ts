import type { ServerContext } from '@modelcontextprotocol/server'
import type { Log } from '@tidegate/trading-model'
import type { CallControl } from '../backend.js'

/**
 * The line between a call that waits and its caller: it ends when the caller cancels or hangs up, and when serving ends; progress
 * goes out where the caller sent a token for it.
 */
export function leashOf(
  { mcpReq }: ServerContext,
  closing: AbortSignal | undefined,
  log: Log,
): { readonly control: CallControl; readonly letGo: () => void } {
  const ended = new AbortController()
  const end = (): void => ended.abort()
  // Not AbortSignal.any: what hangs on a signal that lives as long as the server must be taken off again.
  const sources = closing ? [mcpReq.signal, closing] : [mcpReq.signal]
  for (const source of sources) {
    if (source.aborted) end()
    else source.addEventListener('abort', end, { once: true })
  }
  const token = mcpReq._meta?.progressToken
  const control: CallControl = {
    signal: ended.signal,
    ...(token === undefined
      ? {}
      : {
          progress: ({ done, total, message }) => {
            const params = { progressToken: token, progress: done, total, message }
            mcpReq
              .notify({ method: 'notifications/progress', params })
              .catch((error: unknown) => log.debug('progress_not_sent', { error }))
          },
        }),
  }
  return {
    control,
    letGo() {
      for (const source of sources) source.removeEventListener('abort', end)
    },
  }
}
