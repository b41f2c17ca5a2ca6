import { BaseError } from './base-error.js'

export interface InputIssue {
  /** Name of the argument as the caller wrote it. */
  readonly field: string
  readonly problem: string
  readonly fix: string
}

/** The caller sent something that cannot be understood. Nothing was recorded or sent. */
export class InputError extends BaseError {
  override readonly name = 'InputError'
  readonly issues: readonly InputIssue[]

  constructor(issues: readonly InputIssue[]) {
    super('ERR_INPUT_INVALID', issues.map((issue) => `${issue.field} ${issue.problem}`).join('; '), {
      hint: issues.map((issue) => issue.fix).join('; '),
      context: { issues },
    })
    this.issues = issues
  }
}
