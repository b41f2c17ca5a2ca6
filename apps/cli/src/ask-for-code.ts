import { promptSecret } from './prompt-secret.js'

/**
 * The code of an approver's authenticator, without showing it. Only who says a name has one; without a terminal the gateway says what is
 * missing.
 *
 * @returns `undefined`: none was given.
 */
export async function askForCode(approver: string | undefined): Promise<string | undefined> {
  if (approver === undefined || !process.stdin.isTTY) return undefined
  return (await promptSecret(`Code of ${approver}’s authenticator (Enter for none)`)) || undefined
}
