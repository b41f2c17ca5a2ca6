import type { SurfaceBackend } from '@tidegate/mcp-adapter'
import type { ControlApi, Gateway } from '../gateway.js'

/** A home as this process holds it at the moment. */
export type HeldHome =
  | {
      readonly role: 'owner'
      readonly mcp: SurfaceBackend
      readonly control: ControlApi
      readonly gateway: Gateway
      isReady(): Promise<boolean>
      /** Closes the gateway and gives the lock back. */
      letGo(): Promise<void>
    }
  | {
      readonly role: 'attached'
      readonly mcp: SurfaceBackend
      readonly control: ControlApi
      readonly url: string
      readonly tokens: { readonly agent?: string; readonly operator?: string }
      isReady(): Promise<boolean>
      letGo(): Promise<void>
    }
