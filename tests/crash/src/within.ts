/**
 * Waits for a promise, but not without end: a wait of the harness that nobody ends fails the run and says what it was for.
 *
 * @param ms - Generous: nothing here is measured by it, and the machine may be busy with other things.
 * @param what - Asked only when the time is up: what was waited for, and how things stand.
 * @throws {Error} when the time is up.
 */
export async function within<T>(ms: number, what: () => string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${Math.round(ms / 1_000)} s for ${what()}`)), ms)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
