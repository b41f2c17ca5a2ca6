/** A process that can be killed: from then on nothing it asks for happens, and no answer reaches it. */
export interface Mortal {
  /** A port as this process sees it. */
  wrap<T extends object>(port: T, only?: readonly (keyof T)[]): T
  kill(): void
  /** Dies at the `calls`-th call from now: before it happens, or after it happened and before the answer arrives. */
  killAt(calls: number, when: 'before' | 'after'): void
  isDead(): boolean
}

const never = new Promise<never>(() => {})

export function createMortal(): Mortal {
  let dead = false
  let countdown: { calls: number; when: 'before' | 'after' } | undefined

  function tick(when: 'before' | 'after'): void {
    if (!countdown || countdown.when !== when) return
    countdown.calls--
    if (countdown.calls <= 0) dead = true
  }

  return {
    wrap<T extends object>(port: T, only?: readonly (keyof T)[]): T {
      return new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target)
          if (typeof value !== 'function') return value
          const method = value.bind(target) as (...args: unknown[]) => unknown
          if (only && !only.includes(name as keyof T)) return method
          return (...args: unknown[]) => {
            tick('before')
            if (dead) return never
            const answer = method(...args)
            if (!(answer instanceof Promise)) return answer
            return answer.then(
              (result: unknown) => {
                tick('after')
                return dead ? never : result
              },
              (error: unknown) => {
                if (dead) return never
                throw error
              },
            )
          }
        },
      })
    },
    kill() {
      dead = true
    },
    killAt(calls, when) {
      countdown = { calls, when }
    },
    isDead: () => dead,
  }
}
