/** One call of one client and what came of it. */
export interface Row {
  readonly client: string
  readonly version: string
  readonly call: string
  readonly ok: boolean
  /** What was seen, or what went wrong. */
  readonly detail: string
}

/** Does one call and says in a few words what it saw; throws when it saw something wrong. */
export type Step = () => Promise<string>

/** Collects what a client's calls came to. A call that fails does not keep the others from being tried. */
export function createJudge(client: string, version: string) {
  const rows: Row[] = []
  return {
    rows,
    call: async (call: string, step: Step): Promise<void> => {
      try {
        rows.push({ client, version, call, ok: true, detail: await within(30_000, call, step()) })
      } catch (error) {
        rows.push({ client, version, call, ok: false, detail: describe(error) })
      }
    },
  }
}

/** A claim of a step. */
export function check(claim: boolean, otherwise: string): void {
  if (!claim) throw new Error(otherwise)
}

/** Asks until the answer is the one that was waited for. */
export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (done(answer)) return answer
    if (attempt > 200) throw new Error(`still not: ${JSON.stringify(answer).slice(0, 200)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come back`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Clients reject with errors and with plain objects. */
function describe(error: unknown): string {
  if (error instanceof Error) return error.message.slice(0, 300)
  const text = JSON.stringify(error, (key, value: unknown) =>
    key === 'headers' || key === 'requestOptions' ? undefined : value,
  )
  return (text ?? String(error)).slice(0, 300)
}
