import type { Log, LogFields } from '@tidegate/trading-model'
import { CANARY } from '../venue/stub-tokens.js'

const encoded = Buffer.from(CANARY).toString('base64url')
const forms = [CANARY, encoded, encoded.slice(0, 40), Buffer.from(CANARY).toString('hex'), 'Bearer ']

/** Reads every line that the products log and looks for the secret of the signer and for tokens (I11). */
export function watchSecrets(): {
  readonly log: Log
  check(blame: (invariant: string, problem: string) => void, trace: readonly string[]): void
} {
  let leak: string | undefined
  const look = (event: string, fields?: LogFields): void => {
    if (leak !== undefined) return
    for (const value of Object.values(fields ?? {})) {
      const text = typeof value === 'string' ? value : value instanceof Error ? describe(value) : ''
      if (text !== '' && forms.some((form) => text.includes(form))) leak = `${event}: ${text.slice(0, 200)}`
    }
  }
  return {
    log: { debug: look, info: look, warn: look, error: look },
    check(blame) {
      if (leak !== undefined) blame('I11', `a secret was logged: ${leak}`)
    },
  }
}

function describe(error: Error): string {
  const { cause } = error
  return `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${cause instanceof Error ? cause.message : ''}`
}
