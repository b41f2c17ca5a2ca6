import { z } from 'zod'
import { open } from './primitives.js'

/**
 * The answer of a request that has nothing to tell: `{}`. An object that carries an error, or says that it did not succeed,
 * is not that answer.
 */
export const doneResponseSchema = z.looseObject({
  error: z.undefined().optional(),
  errors: z.undefined().optional(),
  error_response: z.undefined().optional(),
  success: z.literal([true, 'true']).optional(),
})

/** An answer that only says whether it was done. */
export const successResponseSchema = open({ success: z.boolean() })
