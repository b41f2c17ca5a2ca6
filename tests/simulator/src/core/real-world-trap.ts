/**
 * While it is set, everything that would bring the real world in throws: wall clock, timers, chance, network. `setImmediate` stays for
 * the world's barrier, which took it before.
 *
 * @returns The way to put everything back.
 */
export function trapRealWorld(): () => void {
  const refuse = (name: string) => (): never => {
    throw new Error(`${name} was used inside the simulation: something is not behind a port`)
  }
  const kept: (() => void)[] = []
  const trap = (target: object, name: string): void => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name)
    if (!descriptor) throw new Error(`there is no ${name} to trap`)
    Object.defineProperty(target, name, { value: refuse(name), configurable: true, writable: true })
    kept.push(() => Object.defineProperty(target, name, descriptor))
  }
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'fetch']) trap(globalThis, name)
  trap(Date, 'now')
  trap(Math, 'random')
  trap(Object.getPrototypeOf(performance) as object, 'now')
  trap(Object.getPrototypeOf(globalThis.crypto) as object, 'randomUUID')
  trap(Object.getPrototypeOf(globalThis.crypto) as object, 'getRandomValues')
  return () => {
    for (const restore of kept.reverse()) restore()
  }
}
