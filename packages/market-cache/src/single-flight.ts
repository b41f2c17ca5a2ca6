/** Runs one call per key at a time; whoever asks meanwhile gets the same promise. */
export type SingleFlight = <T>(key: string, run: () => Promise<T>) => Promise<T>

/** Makes an empty {@link SingleFlight}. A failed call is forgotten at once, so the next asker tries again. */
export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>()
  return <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const existing = flights.get(key)
    if (existing) return existing as Promise<T>
    const flight = run().finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}
