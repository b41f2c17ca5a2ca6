import type { CallProgress, JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import { BaseError } from '@tidegate/trading-model'
import type { ControlApi } from '../gateway.js'
import { fromWireError, toWireError } from '../http/wire-error.js'
import type { Scrubber } from './create-scrubber.js'

/** The same surface with every answer and every refusal scrubbed: the last step before an agent reads it. */
export function scrubSurface(surface: SurfaceBackend, scrubber: Scrubber): SurfaceBackend {
  const clean = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return scrubber.scrubValue(await work())
    } catch (error) {
      throw scrubError(error, scrubber)
    }
  }
  return {
    callTool(principal, name, args, control) {
      const { progress } = control ?? {}
      const clear = progress
        ? { ...control, progress: (step: CallProgress) => progress(scrubber.scrubValue(step)) }
        : control
      return clean(() => surface.callTool(principal, name, args, clear))
    },
    readResource: (principal, uri) => clean(() => surface.readResource(principal, uri)),
    getPrompt: (principal, name, args) => clean(() => surface.getPrompt(principal, name, args)),
    complete: (principal, ref, argument, value) => clean(() => surface.complete(principal, ref, argument, value)),
    subscribe: (principal, uri, changed) => surface.subscribe(principal, uri, changed),
  }
}

/** The operator's door, scrubbed in the same way. */
export function scrubControl(control: ControlApi, scrubber: Scrubber): ControlApi {
  return {
    async call(verb, args): Promise<JsonObject> {
      try {
        return scrubber.scrubValue(await control.call(verb, args))
      } catch (error) {
        throw scrubError(error, scrubber)
      }
    },
  }
}

/** An error of the same kind without the secret; one that holds none is passed on as it is. */
function scrubError(error: unknown, scrubber: Scrubber): unknown {
  if (!BaseError.isInstance(error)) {
    if (!(error instanceof Error)) return typeof error === 'string' ? scrubber.scrub(error) : error
    return scrubber.scrub(error.message) === error.message ? error : new Error(scrubber.scrub(error.message))
  }
  const wire = toWireError(error)
  const clean = scrubber.scrubValue(wire)
  return clean === wire ? error : fromWireError(clean)
}
