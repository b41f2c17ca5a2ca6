import type { CallControl, JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import { type Principal, ROLES } from '@tidegate/trading-model'
import { z } from 'zod'

/** What a process that attached may ask of the owner: the methods of {@link SurfaceBackend}, as data. */
export const backendOperation = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('callTool'),
    name: z.string().max(200),
    args: z.record(z.string(), z.json()),
  }),
  z.strictObject({ op: z.literal('readResource'), uri: z.string().max(4_000) }),
  z.strictObject({
    op: z.literal('getPrompt'),
    name: z.string().max(200),
    args: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    op: z.literal('complete'),
    ref: z.strictObject({ kind: z.enum(['prompt', 'resource']), name: z.string().max(4_000) }),
    argument: z.string().max(200),
    value: z.string().max(1_000),
  }),
])
export type BackendOperation = z.infer<typeof backendOperation>

/** A request to `/backend`. */
export const backendRequest = z.strictObject({
  principal: z.strictObject({ name: z.string().min(1).max(120), role: z.enum(ROLES) }).optional(),
  call: backendOperation,
})

/** A request to `/backend/subscribe`; without a URI the stream only shows that the owner lives. */
export const subscribeRequest = z.strictObject({
  principal: backendRequest.shape.principal,
  uri: z.string().max(4_000).optional(),
})

/** A request to `/control`. */
export const controlRequest = z.strictObject({
  verb: z.string().max(60),
  args: z.record(z.string(), z.json()).optional(),
})

/** Carries an operation out. */
export async function runOperation(
  backend: SurfaceBackend,
  principal: Principal,
  call: BackendOperation,
  control?: CallControl,
): Promise<unknown> {
  switch (call.op) {
    case 'callTool':
      return backend.callTool(principal, call.name, call.args as JsonObject, control)
    case 'readResource':
      return backend.readResource(principal, call.uri)
    case 'getPrompt':
      return backend.getPrompt(principal, call.name, call.args)
    case 'complete':
      return backend.complete(principal, call.ref, call.argument, call.value)
  }
}
