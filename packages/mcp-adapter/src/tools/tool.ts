import type { Permission } from '@tidegate/trading-model'
import type { CallControl, JsonObject } from '../backend.js'
import type { SurfaceContext } from '../surface-deps.js'

/** One property of a flat input schema. No unions, no formats, no nesting beyond an array of strings. */
export interface PropertySchema {
  readonly type: 'string' | 'boolean' | 'integer' | 'array'
  readonly description?: string
  readonly enum?: readonly string[]
  readonly default?: boolean | string | number
  readonly items?: { readonly type: 'string' }
  readonly minimum?: number
  readonly maximum?: number
}

export interface InputSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, PropertySchema>>
  readonly required?: readonly string[]
}

/** All four hints, always: the protocol's defaults are the worst case. Hints enforce nothing. */
export interface ToolHints {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}

/** A tool as data and a handler. */
export interface ToolDefinition {
  /** snake_case, at most 40 characters: hosts cut longer ones. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: InputSchema
  readonly outputSchema: JsonObject
  readonly hints: ToolHints
  readonly permissions: readonly Permission[]
  /** Brings exposure down or stops it: never held back, however often it is called. */
  readonly isUrgent?: true
  /** Waits for something that others bring about, and changes nothing: may be stopped, and tells how far it is. */
  readonly waits?: true
  /**
   * @param control - Given to tools that wait, and to no other.
   * @returns Structured content. Refusals and doubts are content; what is thrown becomes an `isError` result.
   */
  run(context: SurfaceContext, args: JsonObject, control?: CallControl): Promise<JsonObject>
  /**
   * What a failure of this tool means for its caller; replaces parts of the error.
   *
   * @param inTransit - The call was on its way to another process when it failed, so even a refusal may have come too late.
   */
  readonly onFault?: (error: unknown, inTransit: boolean) => JsonObject
}

/** A tool that only reads. */
export const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
}

/** Names of a tool's arguments: everything else is refused. */
export function argumentNames(schema: InputSchema): readonly string[] {
  return Object.keys(schema.properties)
}
