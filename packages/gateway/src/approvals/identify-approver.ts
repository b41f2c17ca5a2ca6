import { InputError, type SecondFactor } from '@tidegate/trading-model'
import type { AgentDirectory } from '../access/agent-directory.js'
import type { ApproverBook } from './approver-book.js'
import { readCode, totpFactor } from './totp.js'

/** Who agrees to looser limits, and with what. */
export interface Agreement {
  readonly by: string
  readonly factor?: SecondFactor
  readonly factorRequired: boolean
}

export interface IdentifyDeps {
  readonly book: Pick<ApproverBook, 'secretOf'>
  readonly agents: Pick<AgentDirectory, 'principalOf'>
  /** Agreeing takes a name and a code. */
  readonly requireTotp: boolean
  /** Who acts at the operator's door and says no name. */
  readonly operator: string
}

/** Says who agrees, from the name and the code that came; a sentence with the cure when nobody who may. */
export type IdentifyApprover = (given: {
  readonly approver?: string | undefined
  readonly code?: string | undefined
}) => Promise<Agreement | string>

/**
 * Makes the judge of names at the operator's door, for acts that are no order's approval. Whoever is enrolled shows a code also where
 * none is required.
 *
 * @throws {InputError} what came as a code is none: a slip of the hand, not a try.
 */
export function createIdentifyApprover({ book, agents, requireTotp, operator }: IdentifyDeps): IdentifyApprover {
  return async ({ approver, code: typed }) => {
    const code = typed === undefined ? undefined : codeIn(typed)
    if (approver === undefined) {
      if (!requireTotp && code === undefined) return { by: operator, factorRequired: false }
      return (
        'Looser limits need an approver and a code of their authenticator: --approver NAME. ' +
        'Nobody enrolled yet? tidegate approvals enroll --name NAME'
      )
    }
    const role = agents.principalOf(approver)?.role
    if (role !== undefined && role !== 'approver' && role !== 'admin') return `${approver} is no approver`
    const secret = book.secretOf(approver)
    if (secret === undefined) return `${approver} is not enrolled: tidegate approvals enroll --name ${approver}`
    return { by: approver, factorRequired: true, ...(code === undefined ? {} : { factor: totpFactor(secret, code) }) }
  }
}

function codeIn(typed: string): string {
  const code = readCode(typed)
  if (code !== undefined) return code
  throw new InputError([{ field: 'code', problem: 'is no code', fix: 'type the six digits the authenticator shows' }])
}
