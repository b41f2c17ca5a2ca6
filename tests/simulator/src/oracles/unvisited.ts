/** Pairs of state and event that the lifecycle allows and no seed of `npm test` visits, each with the reason. */
export const UNVISITED: Readonly<Record<string, string>> = {}
