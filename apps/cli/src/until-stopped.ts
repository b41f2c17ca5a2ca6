/** Resolves at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise alone does not keep Node alive.
    const keepAlive = setInterval(() => {}, 1 << 30)
    let stopping = false
    const stop = (): void => {
      if (stopping) process.exit(1)
      stopping = true
      clearInterval(keepAlive)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  })
}
