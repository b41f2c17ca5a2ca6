import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { lines } from '../describe.js'
import { exitCodeOf } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { acceptGlobalFlags, withHome } from './define.js'
import { keyChangeLines, proofLines, verdictLines } from './describe-audit.js'

interface Places {
  readonly store?: string
  readonly heads?: string
  readonly publicKey?: string
}

/** `tidegate audit verify|show|export|rotate-key`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the chained record of everything that happened')
  addVerify(audit)
  addShow(audit)
  addExport(audit)
  withHome<object, []>(
    audit
      .command('rotate-key')
      .description('make a new key for the signed heads; the old one signs it over, what it signed holds as before'),
    async (session) => {
      const answer = await session.control('audit_rotate_key')
      return { value: answer, human: keyChangeLines(answer) }
    },
  )
}

/** On files alone: works with the gateway down, and shares no code with what wrote them. */
function addVerify(audit: Command): void {
  withPlaces(audit.command('verify').description('check every entry, head and record; needs no gateway')).action(
    async (_: object, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & Places>()
      const { checkAudit } = await import('@tidegate/gateway')
      answer(flags, await checkAudit(await readConfig(flags), placesOf(flags)), verdictLines)
    },
  )
}

function addShow(audit: Command): void {
  const show = withPlaces(
    audit
      .command('show')
      .argument('[order]', 'intent id (the receipt), your own id of the order, client order id or venue order id')
      .description('prove one order; without one, the latest entries')
      .option('--limit <count>', 'without an order: how many', '20')
      .option('--intent <id>', 'without an order: only this intent'),
  )
  show.action(async (order: string | undefined, options: { limit: string; intent?: string }, command: Command) => {
    const flags = command.optsWithGlobals<GlobalFlags & Places>()
    if (order !== undefined) {
      const { proveAudited } = await import('@tidegate/gateway')
      answer(flags, await proveAudited(await readConfig(flags), order, placesOf(flags)), proofLines)
      return
    }
    const { withSession } = await import('../session.js')
    await withSession(flags, async (session) => {
      const found = await session.control('audit_show', {
        limit: Number(options.limit),
        ...(options.intent ? { intent_id: options.intent } : {}),
      })
      session.output.result(found, lines(found))
    })
  })
}

function addExport(audit: Command): void {
  acceptGlobalFlags(audit.command('export'))
    .description('every entry as a JSON line, as it is stored; needs no gateway')
    .option('--store <place>', 'the store: a file or a postgres:// address')
    .option('--after <seq>', 'only entries after this one')
    .option('--out <file>', 'write there instead of stdout; never over anything')
    .action(async (options: { store?: string; after?: string; out?: string }, command: Command) => {
      const { exportAudit } = await import('@tidegate/gateway')
      const config = await readConfig(command.optsWithGlobals<GlobalFlags>())
      const { store } = placesOf(options)
      const range = options.after === undefined ? {} : { afterSeq: Number(options.after) }
      const out = options.out === undefined ? undefined : resolve(options.out)
      if (out !== undefined) writeFileSync(out, '', { flag: 'wx', mode: 0o600 })
      for await (const entry of exportAudit(config, { ...(store === undefined ? {} : { store }), ...range })) {
        const line = `${JSON.stringify(entry)}\n`
        if (out !== undefined) writeFileSync(out, line, { flag: 'a' })
        else if (!process.stdout.write(line)) await new Promise((done) => process.stdout.once('drain', done))
      }
    })
}

function withPlaces(command: Command): Command {
  return acceptGlobalFlags(command)
    .option('--store <place>', 'the store: a file or a postgres:// address')
    .option('--heads <file>', 'the signed heads that were copied outside')
    .option('--public-key <file>', 'the public key they are signed with: best a copy that you kept yourself')
}

function placesOf({ store, heads, publicKey }: Places): { store?: string; headsFile?: string; publicKeyFile?: string } {
  return {
    ...(store === undefined ? {} : { store: /^postgres(ql)?:\/\//.test(store) ? store : resolve(store) }),
    ...(heads === undefined ? {} : { headsFile: resolve(heads) }),
    ...(publicKey === undefined ? {} : { publicKeyFile: resolve(publicKey) }),
  }
}

function answer(
  flags: GlobalFlags,
  value: Readonly<Record<string, unknown>>,
  human: (value: Readonly<Record<string, unknown>>) => readonly string[],
): void {
  createOutput(flags.json === true).result(value, human(value))
  process.exitCode = exitCodeOf(value)
}
