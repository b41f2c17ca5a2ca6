import { vi } from 'vitest'
import { createProgram } from './program.js'

/** What a command left behind. */
export interface CommandRun {
  /** `process.exitCode`; undefined where the command set none. */
  readonly code: unknown
  /** Everything on stdout. */
  readonly text: string
}

/** Runs a command in this process as `tidegate` would, and gives what it wrote on stdout and its exit code. What it throws is thrown. */
export async function runCommand(...args: readonly string[]): Promise<CommandRun> {
  let text = ''
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  process.exitCode = undefined
  try {
    await createProgram().parseAsync(['node', 'tidegate', ...args])
  } finally {
    out.mockRestore()
    errors.mockRestore()
  }
  return { code: process.exitCode, text }
}

/** As {@link runCommand} with `--json`: the one document on stdout. */
export async function runJson(
  ...args: readonly string[]
): Promise<{ readonly code: unknown; readonly answer: Record<string, unknown> }> {
  const { code, text } = await runCommand(...args, '--json')
  return { code, answer: JSON.parse(text) as Record<string, unknown> }
}
