import type { Scale } from '../contender.js'

/** What the fan-out axis asks for. */
export interface FanoutShape {
  readonly products: number
  readonly updatesPerSecond: number
  readonly levelsPerUpdate: number
  readonly sockets: number
  readonly productsPerSocket: number
  readonly warmupSeconds: number
  readonly seconds: number
}

/** Issue-sized, or small enough for a test. */
export function fanoutShape(scale: Scale): FanoutShape {
  return scale === 'tiny'
    ? {
        products: 4,
        updatesPerSecond: 20,
        levelsPerUpdate: 3,
        sockets: 2,
        productsPerSocket: 2,
        warmupSeconds: 0,
        seconds: 2,
      }
    : {
        products: 100,
        updatesPerSecond: 20,
        levelsPerUpdate: 5,
        sockets: 50,
        productsPerSocket: 10,
        warmupSeconds: 3,
        seconds: 10,
      }
}

export function productName(index: number): string {
  return `C${String(index).padStart(2, '0')}-USD`
}

/** Microseconds since a moment that both processes know; small enough to travel as a size. */
export function stampMicros(epochMs: number): number {
  return Math.round((performance.timeOrigin + performance.now() - epochMs) * 1_000)
}
