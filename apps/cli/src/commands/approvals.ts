import { createInterface } from 'node:readline/promises'
import type { Config } from '@tidegate/gateway'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { InputError, NotFoundError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { askForCode } from '../ask-for-code.js'
import { approvalTable, describeChallenge, describeDecision } from '../describe.js'
import { createOutput } from '../output.js'
import { acceptPassphraseFlags, openFile, type PassphraseFlags } from '../secrets/open-secrets.js'
import { readConfig, type Session } from '../session.js'
import { acceptGlobalFlags, withHome } from './define.js'

interface VerdictOptions {
  readonly name?: string
  readonly code?: string
  readonly reason?: string
}

/** `tidegate approvals list|show|approve|deny|enroll`. */
export function addApprovalCommands(program: Command): void {
  const approvals = program.command('approvals').description('orders that wait for a person')
  withHome<{ all?: boolean }, []>(
    approvals.command('list').description('what waits').option('--all', 'decided ones, too'),
    async (session, options) => {
      const answer = await session.control('approvals_list', options.all ? { pending_only: false } : {})
      return { value: answer, human: approvalTable(answer) }
    },
  )
  withHome<object, [string]>(
    approvals.command('show').description('one order that waits, in full').argument('<intent-id>'),
    async (session, _, intentId) => {
      const challenge = await challengeOf(session, intentId)
      return { value: { ok: true, approval: challenge }, human: describeChallenge(challenge) }
    },
  )
  withHome<VerdictOptions, [string, string | undefined]>(
    verdictCommand(approvals, 'approve', 'let the order go')
      .argument('[hash]', 'of the terms that were read: the digits `approvals list` shows')
      .option('--code <digits>', 'from your authenticator; asked for when it is not given'),
    async (session, options, intentId, hash) => {
      const termsHash = hash ?? (await askForHash(session, intentId))
      const code = options.code ?? (await askForCode(options.name))
      const answer = await session.control('approvals_approve', {
        ...verdictOf(options, intentId),
        terms_hash: termsHash,
        ...(code === undefined ? {} : { code }),
      })
      return { value: answer, human: describeDecision(answer) }
    },
  )
  withHome<VerdictOptions, [string]>(
    verdictCommand(approvals, 'deny', 'refuse the order'),
    async (session, options, intentId) => {
      const answer = await session.control('approvals_deny', verdictOf(options, intentId))
      return { value: answer, human: describeDecision(answer) }
    },
  )
  addEnroll(approvals)
}

function verdictCommand(approvals: Command, verb: string, description: string): Command {
  return approvals
    .command(verb)
    .description(description)
    .argument('<intent-id>')
    .option('--name <approver>', 'who decides')
    .option('--reason <text>', 'why; kept in the audit')
}

/** Works on the home's folder itself: whoever may write there decides who approves, not whoever has a token. */
function addEnroll(approvals: Command): void {
  const command = approvals
    .command('enroll')
    .description('give an approver an authenticator: prints its secret once')
    .requiredOption('--name <approver>', 'who approves under that name')
    .option('--replace', 'make a new secret for somebody who lost theirs')
  acceptPassphraseFlags(acceptGlobalFlags(command)).action(async () => {
    const flags = command.optsWithGlobals<PassphraseFlags & { name: string; replace?: boolean }>()
    const config = await readConfig(flags, {}, { withoutKey: true })
    const { createRuntime, enrollApprover } = await import('@tidegate/gateway')
    const { uri, file, isSealed } = enrollApprover(config, createRuntime(), flags.name, {
      replace: flags.replace === true,
      ...(config.secrets.isSealed ? { sealed: await openFile(config, flags) } : {}),
    })
    const recorded = await tellGateway(config)
    const { renderUnicodeCompact } = await import('uqr')
    createOutput(flags.json === true).result(
      { ok: true, name: flags.name, environment: config.environment, uri, file, sealed: isSealed, recorded },
      [
        renderUnicodeCompact(uri),
        uri,
        `Scan it with an authenticator app now: it is not shown again. ${flags.name} approves with`,
        `  tidegate approvals approve INTENT HASH --name ${flags.name}`,
        isSealed
          ? `The secret is in ${file}, encrypted.`
          : `The secret is in ${file}, readable by this user alone. Whoever can read that file can approve.`,
        ...(isSealed || config.environment !== 'production'
          ? []
          : [
              'WARNING: it lies there in plain text. `tidegate secrets init` makes the encrypted file, which takes it in.',
            ]),
        recorded
          ? 'The running gateway has it in the audit log.'
          : 'It is not in the audit log yet: a gateway writes it there when it starts, one that runs within seconds.',
      ],
    )
  })
}

/** A gateway that runs records it now; without one the next start does. Enrolling worked, whatever becomes of this. */
async function tellGateway(config: Config): Promise<boolean> {
  const { askOwner } = await import('@tidegate/gateway')
  try {
    return (await askOwner(config, 'access_record')) !== undefined
  } catch {
    return false
  }
}

function verdictOf({ name, reason }: VerdictOptions, intentId: string): JsonObject {
  return { intent_id: intentId, ...(name ? { name } : {}), ...(reason ? { reason } : {}) }
}

async function challengeOf(session: Session, intentId: string): Promise<JsonObject> {
  const { approvals } = (await session.control('approvals_list')) as { approvals: readonly JsonObject[] }
  const found = approvals.find((row) => row['intent_id'] === intentId)
  if (found) return found
  throw new NotFoundError(`No order ${intentId} waits for approval`, {
    hint: 'tidegate approvals list shows what waits',
  })
}

/** Shows the order, and takes the hash from the person who read it. */
async function askForHash(session: Session, intentId: string): Promise<string> {
  if (session.output.json || !process.stdin.isTTY) {
    throw new InputError([
      { field: 'hash', problem: 'is not there', fix: 'give the digits that `tidegate approvals list` shows' },
    ])
  }
  const challenge = await challengeOf(session, intentId)
  for (const line of describeChallenge(challenge)) session.output.progress(line)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question('Type the digits of its hash to approve: ')).trim()
  } finally {
    terminal.close()
  }
}
