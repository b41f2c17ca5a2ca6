import type { JsonObject } from '@tidegate/mcp-adapter'
import { InputError } from '@tidegate/trading-model'
import type { ControlApi } from '../gateway.js'

/** The operator's door with further verbs; they take no arguments. */
export function withVerbs(control: ControlApi, verbs: Readonly<Record<string, () => Promise<JsonObject>>>): ControlApi {
  return {
    async call(verb, args) {
      const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
      if (!run) return control.call(verb, args)
      const field = Object.keys(args)[0]
      if (field === undefined) return run()
      throw new InputError([{ field, problem: `is not asked for by ${verb}`, fix: 'leave it out' }])
    },
  }
}
