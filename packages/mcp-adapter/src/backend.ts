import type { Principal } from '@tidegate/trading-model'

/** JSON as it travels: everything a backend takes and gives can cross a process border unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/**
 * Result of a tool. `structured` also goes out as text, byte for byte the same JSON.
 * Denied, rejected and unknown are results (`isError: false`); `isError` is for bad input, missing permission and faults.
 */
export interface ToolOutcome {
  readonly structured: JsonObject
  readonly isError: boolean
  /** What a page shows beside the answer. Goes out only to hosts that show pages, and never as content. */
  readonly beside?: JsonObject
}

export interface ResourceOutcome {
  readonly uri: string
  readonly mimeType: 'application/json'
  readonly text: string
}

export interface PromptOutcome {
  readonly description: string
  readonly text: string
}

/** How far a call that waits has come. */
export interface CallProgress {
  /** Of `total`, in ms; grows from one to the next. */
  readonly done: number
  readonly total: number
  readonly message: string
}

/**
 * The caller's line to a call that waits for something. Only tools that wait are given it: an order that has begun knows no
 * way to be stopped.
 */
export interface CallControl {
  /** The caller is gone or has changed its mind. */
  readonly signal?: AbortSignal
  readonly progress?: (step: CallProgress) => void
}

/**
 * What answers the protocol: in the process that owns the home it is the desk and the market themselves, elsewhere a
 * connection to that process. Knows nothing of the MCP SDK.
 */
export interface SurfaceBackend {
  callTool(principal: Principal, name: string, args: JsonObject, control?: CallControl): Promise<ToolOutcome>
  /** @throws NotFoundError for a URI nothing answers to; InputError for bad query parameters. */
  readResource(principal: Principal, uri: string): Promise<ResourceOutcome>
  getPrompt(principal: Principal, name: string, args: Readonly<Record<string, string>>): Promise<PromptOutcome>
  /** Values that begin with `value` for an argument of a prompt or a variable of a resource template. */
  complete(
    principal: Principal,
    ref: { readonly kind: 'prompt' | 'resource'; readonly name: string },
    argument: string,
    value: string,
  ): Promise<readonly string[]>
  /** Calls `changed` when what a URI shows has changed, at most once a second; returns the way to stop. */
  subscribe(principal: Principal, uri: string, changed: () => void): () => void
}
