import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint, Home } from '@tidegate/gateway'
import type { Command } from 'commander'
import { EXIT } from '../exit-code.js'
import { hostSnippets } from '../host-snippets.js'
import { type GlobalFlags, readConfig } from '../session.js'
import type { StepReport } from '../tour/run-tour.js'
import { untilStopped } from '../until-stopped.js'
import { acceptGlobalFlags } from './define.js'

interface DemoFlags extends GlobalFlags {
  readonly once?: boolean
}

/** `tidegate demo`: paper exchange, gateway and MCP server on loopback, and a tour through them. */
export function addDemoCommand(program: Command): void {
  const command = acceptGlobalFlags(program.command('demo'))
    .description('the guided tour on a paper exchange of its own; no key, no money')
    .option('--once', 'end after the tour; exit 0 only when every step behaved')
    .option('--port <port>', 'port on 127.0.0.1; by default 8765, or a free one when that is taken')
  command.action(async () => {
    process.exitCode = await demo(command.optsWithGlobals<DemoFlags>())
  })
}

async function demo(flags: DemoFlags): Promise<number> {
  const say = (line: string): void => {
    process[flags.json ? 'stderr' : 'stdout'].write(`${line}\n`)
  }
  const emit = (value: Readonly<Record<string, unknown>>): void => {
    if (flags.json) process.stdout.write(`${JSON.stringify(value)}\n`)
  }
  // The tour trades and halts: it gets a home of its own, so that nobody's paper account is touched.
  const folder = flags.home ?? mkdtempSync(join(tmpdir(), 'tidegate-demo-'))
  say('  starting the paper exchange, the gateway and the MCP server …')
  const { openHome } = await import('@tidegate/gateway')
  const { connectTourClient } = await import('../tour/tour-client.js')
  const { runTour } = await import('../tour/run-tour.js')
  // Nobody else connects to a tour that ends by itself: any free port will do.
  const port = flags.port ?? (flags.once ? '0' : undefined)
  const open = async (wanted: string | undefined): Promise<Home> => {
    const named = { ...flags, home: folder, environment: 'paper' }
    return openHome(await readConfig(wanted === undefined ? named : { ...named, port: wanted }), {
      as: 'serve',
      quiet: true,
    })
  }
  let home = await open(port)
  try {
    const endpoint = await home.endpoint().catch(async (error: unknown) => {
      if (port !== undefined || !String(error).includes('EADDRINUSE')) throw error
      say('  port 8765 is taken, using a free one')
      await home.close()
      home = await open('0')
      return home.endpoint()
    })
    say(`  ready: ${endpoint.mcpUrl}\n`)
    const client = await connectTourClient(endpoint.mcpUrl, endpoint.agentToken)
    const result = await runTour(
      {
        client,
        operator: (verb, args = {}) => askOperator(endpoint, verb, args),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        memory: { intentsPlaced: 0 },
      },
      () => performance.now(),
      (title, index, total) => say(`${index}/${total} ${title}`),
      (report) => {
        for (const line of reportLines(report)) say(line)
        const { step, ok, expected, observed, ms } = report
        emit({ step, ok, expected, observed, ms })
      },
    )
    await client.close()
    emit({
      step: 'summary',
      ok: result.ok,
      expected: `${result.total} steps`,
      observed: { passed: result.passed },
      ms: 0,
    })
    say(
      result.ok
        ? `All ${result.total} steps behaved.`
        : `${result.total - result.passed} of ${result.total} steps did NOT behave.`,
    )
    if (flags.once) return result.ok ? EXIT.ok : EXIT.refused
    for (const line of hostSnippets(endpoint)) say(line)
    say(`State is kept in ${folder} until this ends. Press Ctrl-C to stop.`)
    await untilStopped()
    return result.ok ? EXIT.ok : EXIT.refused
  } finally {
    await home.close()
    if (flags.home === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

async function askOperator(
  endpoint: Endpoint,
  verb: string,
  args: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${endpoint.url}/control`, {
    method: 'POST',
    headers: { authorization: `Bearer ${endpoint.operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ verb, args }),
  })
  const answer = (await response.json()) as { ok: boolean; result?: Record<string, unknown> }
  return answer.ok && answer.result ? answer.result : { ...answer }
}

function reportLines(report: StepReport): readonly string[] {
  return [
    `    asked     ${report.asked}`,
    `    happened  ${report.happened}`,
    `    why       ${report.why}`,
    `    ${report.ok ? 'ok' : `NOT OK, expected ${report.expected}`} (${(report.ms / 1000).toFixed(2)} s)\n`,
  ]
}
