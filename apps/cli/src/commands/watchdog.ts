import { type Command, InvalidArgumentError } from 'commander'
import { EXIT } from '../exit-code.js'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { acceptGlobalFlags } from './define.js'

interface WatchdogFlags extends GlobalFlags {
  readonly after: number
  readonly once?: boolean
}

/** `tidegate watchdog`: cancels everything when the gateway dies. */
export function addWatchdogCommand(program: Command): void {
  const watchdog = acceptGlobalFlags(program.command('watchdog'))
    .description('cancel all that rests at Coinbase when the gateway dies, and halt its home; run it beside `serve`')
    .option('--after <seconds>', 'how long the gateway may not answer before it counts as dead', seconds, 15)
    .option('--once', 'end after one death was dealt with')
  watchdog.action(async () => {
    const flags = watchdog.optsWithGlobals<WatchdogFlags>()
    const config = await readConfig(flags)
    const output = createOutput(flags.json === true)
    const { runWatchdog } = await import('@tidegate/gateway')
    const running = runWatchdog(config, {
      settings: { deadAfterMs: flags.after * 1_000 },
      once: flags.once === true,
    })
    output.progress(
      `Watching ${config.homeFolder}; everything is cancelled when its gateway dies. Ctrl-C ends the watch.`,
    )
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => running.stop())
    // Its timers do not keep Node alive; the watch does.
    const keepAlive = setInterval(() => {}, 1 << 30)
    const report = await running.done.finally(() => clearInterval(keepAlive))
    const value = report
      ? {
          ok: report.allGone,
          pid: report.pid,
          last_seen: new Date(report.lastSeenMs).toISOString(),
          cancelled: [...report.cancelled],
          all_gone: report.allGone,
        }
      : { ok: true, cancelled: [] }
    output.result(value, [
      report
        ? `Process ${report.pid} died; ${report.cancelled.length} orders were cancelled. ${report.allGone ? 'Nothing is left.' : 'The watch was ended before that was certain.'}`
        : 'The gateway did not die while it was watched.',
      ...(report ? ['The file HALT keeps the home from trading; take it away when you have looked.'] : []),
    ])
    process.exitCode = value.ok ? EXIT.ok : EXIT.refused
  })
}

function seconds(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('give whole seconds from 1 on.')
  return Number(text)
}
