/* oxlint-disable no-restricted-globals, no-restricted-properties -- test helper: starts and kills a real process */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** What a started exchange says of itself. */
export interface Alive {
  readonly rest: string
  readonly keyName: string
  readonly privateKeyPem: string
  readonly discrepancies: readonly unknown[]
}

/** An exchange in a process of its own, on real files, to be killed and started again. */
export async function createKillWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-killed-'))
  const file = join(folder, 'killed-exchange.mjs')
  const require = createRequire(import.meta.url)
  const esbuild = createRequire(require.resolve('tsup'))('esbuild') as Esbuild
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('killed-exchange.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tidegate/source'],
    logLevel: 'silent',
    banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
  })
  let child: ChildProcess | undefined
  const kill = () =>
    new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) resolve()
      else {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }
    })
  return {
    /** @throws Error with what the process said when it does not come up. */
    start(): Promise<Alive> {
      const started = spawn(process.execPath, [file, join(folder, 'state')], { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      let errors = ''
      started.stderr.on('data', (data: Buffer) => {
        errors += data.toString()
      })
      return new Promise((resolve, reject) => {
        createInterface(started.stdout).once('line', (line) => resolve(JSON.parse(line) as Alive))
        started.once('exit', (code) => reject(new Error(`the exchange ended with ${code}: ${errors}`)))
      })
    },
    kill,
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
