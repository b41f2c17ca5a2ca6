/** Starts measuring; the function that comes back says what has been used since. */
export function stopwatch(): () => { readonly cpuSeconds: number; readonly wallSeconds: number } {
  const wall = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    return { cpuSeconds: (user + system) / 1e6, wallSeconds: Number(process.hrtime.bigint() - wall) / 1e9 }
  }
}
