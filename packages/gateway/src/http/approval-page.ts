import type { IncomingMessage, ServerResponse } from 'node:http'
import { type RenderedPage, renderApprovalPage } from '../approval-page/render-page.js'
import { sendJson } from './json-body.js'

const PATH = /^\/approve\/[A-Za-z0-9_-]{1,100}$/
let rendered: RenderedPage | undefined

/** The address of the page for one order, below the address of the door. */
export function approvalPageUrl(door: string, intentId: string): string {
  return `${door}/approve/${encodeURIComponent(intentId)}`
}

/** True for addresses of the page. */
export function isApprovalPage(path: string): boolean {
  return PATH.test(path)
}

/** Answers with the page, to anybody: it holds nothing, and what it shows is asked for with the approver's token. */
export function sendApprovalPage(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    sendJson(response, 405, { ok: false, error: { code: 'ERR_INPUT_INVALID', message: 'Use GET' } })
    return
  }
  rendered ??= renderApprovalPage()
  const { html, headers } = rendered
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(html) })
  response.end(request.method === 'HEAD' ? undefined : html)
}
