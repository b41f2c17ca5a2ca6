import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long a server may take to be there, ms. */
const START_MS = 60_000

export interface StartedServer {
  readonly mcpUrl: string
  readonly token: string
  stop(): Promise<void>
}

/**
 * Starts a bundle of the HTTP app as a process with a new home, on a free port.
 *
 * @throws {Error} with what it printed, when it ends or does not come up.
 */
export async function startServer(bundle: string): Promise<StartedServer> {
  const home = mkdtempSync(join(tmpdir(), 'tidegate-conformance-'))
  const child = spawn(process.execPath, [bundle], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TIDEGATE_HOME: home, TIDEGATE_SERVER_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let told = ''
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      told = `${told}${chunk}`.slice(-20_000)
      const found = /Tidegate serves paper at (\S+)/.exec(told)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${told}`)))
    setTimeout(() => reject(new Error(`The server is not there after ${START_MS} ms:\n${told}`)), START_MS).unref()
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
    if (child.exitCode === null && child.signalCode === null) await gone
    clearTimeout(late)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const mcpUrl = await url
    return { mcpUrl, token: readFileSync(join(home, 'paper', 'agent.token'), 'utf8').trim(), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
