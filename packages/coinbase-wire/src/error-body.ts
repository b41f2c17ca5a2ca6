import { z } from 'zod'
import { optionalText } from './primitives.js'

const v3ErrorSchema = z.object({
  error: optionalText,
  message: optionalText,
  error_details: optionalText,
  error_description: optionalText,
  code: z.union([z.string(), z.number()]).optional(),
})

const v2ErrorSchema = z.object({
  errors: z.array(z.object({ id: optionalText, message: optionalText })).min(1),
})

/** What an error answer says, whichever of the venue's shapes it has. */
export interface WireErrorBody {
  /** The venue's code word, e.g. `INVALID_ARGUMENT` or `rate_limit_exceeded`; `undefined` where there is none. */
  readonly error: string | undefined
  readonly message: string | undefined
}

/** Reads an already parsed error body: v3 gateway, gRPC gateway, v2 and OAuth shapes. `undefined` for anything else. */
export function readErrorBody(body: unknown): WireErrorBody | undefined {
  const v2 = v2ErrorSchema.safeParse(body)
  if (v2.success) return { error: v2.data.errors[0]?.id, message: v2.data.errors[0]?.message }
  const v3 = v3ErrorSchema.safeParse(body)
  if (!v3.success) return undefined
  const { error, message, error_details, error_description } = v3.data
  if (error === undefined && message === undefined) return undefined
  return { error, message: message ?? error_details ?? error_description }
}
