import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Principal } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend, ToolOutcome } from '../backend.js'
import { type Modes, offerDecline, type Question, questionAbout, settleAnswer } from '../serve/offer-decline.js'
import { toToolResult } from '../to-tool-result.js'
import { type CommonOptions, noLog } from './serve-options.js'

/** How long a person may take to answer over a connection that stays open. */
const ANSWER_MS = 120_000
/** The question's name among what a client is asked for in one round. */
const KEY = 'order'
const EMPTY = { type: 'object' as const, properties: {} }

export interface AskPersonOptions {
  readonly era: McpRequestContext['era']
  readonly options: CommonOptions
  readonly principal: Principal
  readonly backend: () => Promise<SurfaceBackend>
  /** The client can be sent requests: a 2025-era connection or session that stays open. */
  readonly staysOpen: boolean
}

/** Shows orders that wait to the person at the host, in the words of either protocol. */
export interface AskPerson {
  /**
   * The second round of the 2026 protocol: the answer to a question that an earlier call left. `undefined`: this is a first round.
   *
   * @throws {ProtocolError} `-32602` for a state that is not ours, not this caller's, used before, about another call, or too late.
   */
  answered(name: string, args: JsonObject, context: ServerContext): Promise<ToolOutcome | undefined>
  /** What goes out instead of the answer to a call: itself, or the question it leaves. */
  ask(outcome: ToolOutcome, args: JsonObject, context: ServerContext): Promise<ToolOutcome | InputRequiredResult>
}

/** Makes the asking side of one protocol instance. */
export function askPerson(server: Server, asking: AskPersonOptions): AskPerson {
  const { era, options, principal, backend, staysOpen } = asking
  const log = options.log ?? noLog
  const withdrawing = async () => ({ backend: await backend(), principal, log })

  const overConnection = async (question: Question, relatedRequestId: string | number): Promise<ToolOutcome> =>
    offerDecline(question, {
      ...(await withdrawing()),
      ...(options.timers === undefined ? {} : { timers: options.timers }),
      ask: async ({ message, url, intentId }) => {
        // Over HTTP it goes out on the answer's own stream: the other one need not be open.
        const sent = { timeout: ANSWER_MS, relatedRequestId }
        const answer =
          url === undefined
            ? await server.elicitInput({ message, requestedSchema: EMPTY }, sent)
            : await server.elicitInput({ mode: 'url', message, url, elicitationId: intentId }, sent)
        return answer.action
      },
    })

  return {
    async answered(name, args, context) {
      const state: unknown = context.mcpReq.requestState()
      if (state === undefined) return undefined
      const question =
        name === 'place_order' && typeof state === 'string'
          ? options.questions?.take(state, principal.name, args)
          : undefined
      if (question === undefined) {
        log.warn('answer_refused', { tool: name, principal: principal.name })
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          'Invalid or expired requestState: it is none of yours, was answered before, or came too late. Nothing was placed or changed. Read get_orders to see how your order stands, and call the tool without it for a new one.',
          { reason: 'invalid_request_state' },
        )
      }
      const answer = inputResponse(context.mcpReq.inputResponses, KEY)
      const action = answer.kind === 'elicit' ? answer.action : undefined
      try {
        return await settleAnswer(question, action, await withdrawing())
      } catch (error) {
        const next = `The order is recorded and waits, or was decided: read get_orders with order_id ${question.intentId}. Whoever declined it should say so again, or cancel it with cancel_order. Do not place it again.`
        return toToolResult(error, log, name, { next })
      }
    },

    async ask(outcome, args, { mcpReq }) {
      const declared = era === 'legacy' ? server.getClientCapabilities() : declaredIn(mcpReq.envelope)
      const question = questionAbout(outcome, args, modesOf(declared))
      if (question === undefined) return outcome
      // A 2025-era call that came by itself says nothing of what its client can do, and has no way to be asked.
      if (era === 'legacy') return staysOpen ? overConnection(question, mcpReq.id) : outcome
      const requestState = options.questions?.open(question, principal.name, args)
      if (requestState === undefined) return outcome
      const { message, url } = question
      const request =
        url === undefined
          ? inputRequired.elicit({ message, requestedSchema: EMPTY })
          : inputRequired.elicitUrl({ message, url })
      return inputRequired({ inputRequests: { [KEY]: request }, requestState })
    },
  }
}

/** In the 2026 protocol every request says what its client can do. */
function declaredIn(envelope: object | undefined): ClientCapabilities | undefined {
  return (envelope as Readonly<Record<string, ClientCapabilities | undefined>> | undefined)?.[
    CLIENT_CAPABILITIES_META_KEY
  ]
}

/** Before there were modes a bare `elicitation: {}` meant forms. */
function modesOf(capabilities: ClientCapabilities | undefined): Modes {
  const elicitation = capabilities?.elicitation
  if (elicitation === undefined) return { form: false, url: false }
  const url = elicitation.url !== undefined
  return { form: elicitation.form !== undefined || !url, url }
}
