import { formatTimestamp } from '@tidegate/coinbase-wire'

/** A frame whose events are already JSON: they are written once and sent to many. */
export function formatFrame(channel: string, nowMs: number, sequence: number, eventsJson: string): string {
  return `{"channel":"${channel}","timestamp":"${formatTimestamp(nowMs)}","sequence_num":${sequence},"events":${eventsJson}}`
}

/** `{"type":"error","message"}`: neither channel nor sequence. */
export function formatErrorFrame(message: string): string {
  return JSON.stringify({ type: 'error', message })
}
