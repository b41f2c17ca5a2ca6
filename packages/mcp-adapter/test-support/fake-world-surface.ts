import type { Clock, Log, Principal, Timers } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend } from '../src/backend.js'
import { createSurface } from '../src/create-surface.js'
import type { SurfaceDeps } from '../src/surface-deps.js'
import { FakeAccount, FakeDesk, FakeMarket } from './fake-world.js'

export const TRADER: Principal = { name: 'local', role: 'trader' }

/** A surface on fakes, with the fakes at hand. */
export interface FakeWorld {
  readonly surface: SurfaceBackend
  readonly desk: FakeDesk
  readonly market: FakeMarket
  readonly account: FakeAccount
  /** Calls a tool as the trader and gives its structured content. */
  tool(name: string, args?: JsonObject): Promise<JsonObject>
  /** Reads a resource as the trader and parses it. */
  read(uri: string): Promise<JsonObject>
}

/** Builds a {@link FakeWorld}. */
export function fakeWorld(
  runtime: { readonly time: Clock & Timers; readonly log: Log },
  extra: Partial<SurfaceDeps> = {},
): FakeWorld {
  const { time, log } = runtime
  const desk = new FakeDesk(time)
  const market = new FakeMarket(time)
  const account = new FakeAccount()
  const surface = createSurface({ desk, market, account, clock: time, timers: time, log, ...extra })
  return {
    surface,
    desk,
    market,
    account,
    tool: async (name, args = {}) => (await surface.callTool(TRADER, name, args)).structured,
    read: async (uri) => JSON.parse((await surface.readResource(TRADER, uri)).text) as JsonObject,
  }
}
