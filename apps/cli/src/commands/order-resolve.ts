import type { JsonObject } from '@tidegate/mcp-adapter'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { lines } from '../describe.js'
import { say } from '../output.js'
import type { Session } from '../session.js'
import { withHome } from './define.js'

/** Between two scans that are to prove that there is no such order. */
const SCAN_PAUSE_MS = 5_000

interface ResolveOptions {
  readonly accept?: boolean
  readonly gone?: boolean
  readonly force?: boolean
  readonly reason?: string
  readonly wait: number
}

/** `tidegate order resolve`: the way out of quarantine, for a person who has looked. */
export function addResolveCommand(order: Command): void {
  withHome<ResolveOptions, [string]>(
    order
      .command('resolve')
      .description('look at a quarantined order, or settle it; without --accept or --gone nothing changes')
      .argument('<id>', 'order id or intent id')
      .addOption(
        new Option('--accept', 'it is what the venue shows: count it as an order from outside from now on').conflicts(
          'gone',
        ),
      )
      .option('--gone', 'there is no such order: released once complete scans of the venue prove it')
      .option(
        '--force',
        'with --accept, where the venue named an order with another client order id: count that one as from outside, and go on looking for ours',
      )
      .option('--reason <text>', 'why; kept in the audit')
      .option('--wait <seconds>', 'how long --gone may look for its proof', seconds, 240),
    async (session, options, id) => {
      const verdict = options.accept ? 'accept' : options.gone ? 'gone' : undefined
      const answer = await ask(session, options, {
        id,
        ...(verdict === undefined ? {} : { verdict }),
        ...(options.force === true ? { force: true } : {}),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      })
      return { value: answer, human: lines(answer) }
    },
  )
}

/** Asks again while the venue only has to be read more often. */
async function ask(session: Session, { wait }: ResolveOptions, request: JsonObject): Promise<JsonObject> {
  for (let leftMs = wait * 1_000; ; leftMs -= SCAN_PAUSE_MS) {
    const answer = await session.control('order_settle', request)
    if (answer['waits'] !== true || leftMs <= 0) return answer
    session.output.progress(say(answer['evidence']))
    await new Promise((resolve) => setTimeout(resolve, SCAN_PAUSE_MS))
  }
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('give whole seconds, e.g. 240.')
  return Number(text)
}
