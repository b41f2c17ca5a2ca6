import { InputError } from '@tidegate/trading-model'
import { resources } from './list.js'
import { type ResourceDefinition, uriTemplate } from './resource.js'

/** The resource's way to watch. @throws InputError for one that does not change live, naming those that do. */
export function requireLive(resource: ResourceDefinition): NonNullable<ResourceDefinition['watch']> {
  if (resource.watch) return resource.watch
  const live = resources.filter((item) => item.watch !== undefined).map(uriTemplate)
  throw new InputError([
    { field: 'uri', problem: `${resource.path} does not change live`, fix: `subscribe to one of ${live.join(', ')}` },
  ])
}
