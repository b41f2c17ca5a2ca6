import type { Permission } from '@tidegate/trading-model'
import type { Json } from '../backend.js'
import type { SurfaceContext } from '../surface-deps.js'

/** What a URI was split into: decoded path variables and query parameters. */
export interface ResourceParams {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

/** A resource as data and handlers. */
export interface ResourceDefinition {
  /** Stable short name, snake_case. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** The path with its variables, e.g. `market://ticker/{product_id}`. */
  readonly path: string
  /** Query parameters, all optional, any order. */
  readonly query: readonly string[]
  readonly permissions: readonly Permission[]
  /**
   * @throws InputError for bad parameters, NotFoundError for unknown products and orders.
   */
  read(context: SurfaceContext, params: ResourceParams): Promise<Json>
  /** Present when the resource can be subscribed to: calls `changed` on every change, returns the way to stop. */
  readonly watch?: (context: SurfaceContext, params: ResourceParams, changed: () => void) => () => void
}

/** The template under which clients find the resource (RFC 6570). */
export function uriTemplate(resource: ResourceDefinition): string {
  return resource.query.length === 0 ? resource.path : `${resource.path}{?${resource.query.join(',')}}`
}

/** True when the path has variables, so that it can only be listed as a template. */
export function hasVariables(resource: ResourceDefinition): boolean {
  return resource.path.includes('{')
}
