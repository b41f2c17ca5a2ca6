import { plainText } from '../shared/plain-text.js'
import { asRecord, type Fields } from '../shared/read-fields.js'

/** The revision of the MCP Apps protocol that is spoken. */
export const PROTOCOL_VERSION = '2026-01-26'
/** How long an answer of the host is waited for, ms; it may ask a person first. */
const ANSWER_MS = 60_000

/** What the host says of itself and of the call behind the page; parts may change while the page is open. */
export type HostContext = Fields

/** Where messages go to and come from: the window that holds the page. */
export interface MessagePort2Way {
  send(message: object): void
  /** Calls `receive` with every message of that window. */
  listen(receive: (message: unknown) => void): void
  after(ms: number, run: () => void): void
}

export interface HostEvents {
  /** The arguments of the tool call. */
  toolInput(args: Fields): void
  /** What the tool answered; a `CallToolResult`. */
  toolResult(result: Fields): void
  toolCancelled(): void
  contextChanged(context: HostContext): void
}

export interface HostLink {
  /** Says hello and begins to listen; resolves with what the host can do. */
  connect(): Promise<Fields>
  request(method: string, params: object): Promise<Fields>
  notify(method: string, params: object): void
}

/**
 * Speaks the host side of MCP Apps: JSON-RPC over messages between windows. The library for it brings 650 kB; this is
 * what two pages that only show need of it.
 *
 * - Wire: `ui/initialize`, `ui/notifications/initialized`, `…/tool-input`, `…/tool-result`, `…/tool-cancelled`,
 *   `…/host-context-changed`, `…/size-changed`, `ui/resource-teardown`, `tools/call`.
 * - What arrives is data of somebody else: nothing but its fields is read.
 */
export function createHostLink(name: string, port: MessagePort2Way, events: HostEvents): HostLink {
  const waiting = new Map<number, { resolve(value: Fields): void; reject(error: Error): void }>()
  let lastId = 0

  const request = (method: string, params: object): Promise<Fields> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      port.after(ANSWER_MS, () => {
        if (waiting.delete(id)) reject(new Error('The host did not answer'))
      })
      port.send({ jsonrpc: '2.0', id, method, params })
    })
  const notify = (method: string, params: object): void => port.send({ jsonrpc: '2.0', method, params })

  const receive = (raw: unknown): void => {
    const message = asRecord(raw)
    if (message['jsonrpc'] !== '2.0') return
    const { id, method } = message
    if (typeof method !== 'string') settle(id, message)
    else if (id !== undefined) answer(id, method)
    else hear(method, asRecord(message['params']))
  }
  const hear = (method: string, params: Fields): void => {
    if (method === 'ui/notifications/tool-input') events.toolInput(asRecord(params['arguments']))
    if (method === 'ui/notifications/tool-result') events.toolResult(params)
    if (method === 'ui/notifications/tool-cancelled') events.toolCancelled()
    if (method === 'ui/notifications/host-context-changed') events.contextChanged(params)
  }
  const settle = (id: unknown, message: Fields): void => {
    if (typeof id !== 'number') return
    const caller = waiting.get(id)
    waiting.delete(id)
    if (message['error'] === undefined) caller?.resolve(asRecord(message['result']))
    else caller?.reject(new Error(plainText(asRecord(message['error'])['message'], 200) || 'The host refused'))
  }
  const answer = (id: unknown, method: string): void => {
    const isKnown = method === 'ui/resource-teardown' || method === 'ping'
    port.send(
      isKnown
        ? { jsonrpc: '2.0', id, result: {} }
        : { jsonrpc: '2.0', id, error: { code: -32601, message: 'This page only shows; it has no tools' } },
    )
  }

  return {
    async connect() {
      port.listen(receive)
      const hello = await request('ui/initialize', {
        appInfo: { name, version: '1.0.0' },
        appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
        protocolVersion: PROTOCOL_VERSION,
      })
      events.contextChanged(asRecord(hello['hostContext']))
      notify('ui/notifications/initialized', {})
      return asRecord(hello['hostCapabilities'])
    },
    request,
    notify,
  }
}
