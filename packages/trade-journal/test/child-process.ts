import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** Bundles `test/children/NAME.ts` from source, so that a child needs no build of the workspace. */
export async function buildChild(name: string): Promise<{ readonly file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-child-'))
  const file = join(folder, `${name}.mjs`)
  symlinkSync(join(here, '..', 'node_modules'), join(folder, 'node_modules'), 'dir')
  const require = createRequire(import.meta.url)
  const esbuild = createRequire(require.resolve('tsup'))('esbuild') as Esbuild
  await esbuild.build({
    entryPoints: [join(here, 'children', `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Small, because it is parsed anew by every process.
    minifySyntax: true,
    minifyWhitespace: true,
    conditions: ['@tidegate/source'],
    external: ['libsql', 'pg', 'vitest'],
    logLevel: 'silent',
    banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
  })
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}

/** A running child whose lines can be awaited. */
export interface Child {
  readonly lines: readonly string[]
  /** Resolves when so many lines have come; rejects when the child ends before. */
  linesReach(count: number): Promise<void>
  go(): void
  kill(): void
  /** Resolves when it has ended and all its output is here. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

export function startChild(file: string, options: Readonly<Record<string, unknown>>): Child {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [file, JSON.stringify(options)])
  const lines: string[] = []
  let errors = ''
  const waiting: { count: number; resolve: () => void; reject: (error: Error) => void }[] = []
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    for (const wait of waiting) if (lines.length >= wait.count) wait.resolve()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8')
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => {
      for (const wait of waiting) wait.reject(new Error(`child ended (${String(code ?? signal)}): ${errors}`))
      resolve({ code, signal })
    })
  })
  return {
    lines,
    ended,
    linesReach: async (count) =>
      await new Promise((resolve, reject) => {
        if (lines.length >= count) resolve()
        else waiting.push({ count, resolve, reject })
      }),
    go: () => void child.stdin.write('go\n'),
    kill: () => void child.kill('SIGKILL'),
  }
}
