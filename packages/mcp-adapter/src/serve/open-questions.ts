import type { Clock, Random } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import type { Question } from './offer-decline.js'

/** Questions one principal and all of them together may have open; who has more is asked nothing until old ones are over. */
const MAX_PER_PRINCIPAL = 16
const MAX_OPEN = 256
const HANDLE_BYTES = 32

/**
 * Questions of the 2026 protocol that wait for their answer in another request. The client carries nothing but a handle, 256 random bits:
 * what it stands for never leaves this process, so nothing of it can be read, changed or made up.
 *
 * > [!NOTE]
 * > A handle is good in the process that made it, and not over a restart. Elsewhere its answer changes nothing.
 */
export interface OpenQuestions {
  /**
   * Keeps a question for whoever asked by that call. A later one about the same order takes its place.
   *
   * @returns The handle; `undefined` when too many are open, or its order is over.
   */
  open(question: Question, principalName: string, args: JsonObject): string | undefined
  /** Gives a question out: once, before its order is over, and only to the same call of the same principal. */
  take(handle: string, principalName: string, args: JsonObject): Question | undefined
}

interface Open {
  readonly question: Question
  readonly principalName: string
  readonly call: string
}

/** Makes a place for the questions of one process. */
export function createOpenQuestions({
  clock,
  random,
}: {
  readonly clock: Clock
  readonly random: Random
}): OpenQuestions {
  const byHandle = new Map<string, Open>()

  const tidy = (intentId: string): void => {
    for (const [handle, { question }] of byHandle) {
      if (question.intentId === intentId || question.expiresAtMs <= clock.nowMs()) byHandle.delete(handle)
    }
  }

  return {
    open(question, principalName, args) {
      tidy(question.intentId)
      if (question.expiresAtMs <= clock.nowMs()) return undefined
      const own = [...byHandle.values()].filter((item) => item.principalName === principalName)
      if (own.length >= MAX_PER_PRINCIPAL || byHandle.size >= MAX_OPEN) return undefined
      const handle = Buffer.from(random.bytes(HANDLE_BYTES)).toString('base64url')
      byHandle.set(handle, { question, principalName, call: canonical(args) })
      return handle
    },
    take(handle, principalName, args) {
      const found = byHandle.get(handle)
      // Somebody else's stays open for its owner; the owner's is used up by any try.
      if (!found || found.principalName !== principalName) return undefined
      byHandle.delete(handle)
      return found.question.expiresAtMs > clock.nowMs() && found.call === canonical(args) ? found.question : undefined
    },
  }
}

/** The same arguments in whatever order a client sends them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
