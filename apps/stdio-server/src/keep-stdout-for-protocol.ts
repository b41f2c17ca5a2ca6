// Not imported, for the reason that load-compiled.ts gives.
const { format } = process.getBuiltinModule('node:util')

/** Sends everything that libraries print with `console` to stderr: stdout carries the protocol and nothing else. */
export function keepStdoutForProtocol(): void {
  for (const method of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'dir', 'table'] as const) {
    console[method] = (...values: unknown[]) => {
      process.stderr.write(`${format(...values)}\n`)
    }
  }
}
