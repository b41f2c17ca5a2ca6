import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const conditions = ['@tidegate/source', 'node', 'import', 'default']
// Node's workers get these as flags: with `import` among them, `require` would load the ES module of a package that has both.
const nodeConditions = conditions.filter((condition) => condition !== 'import')
const sources = {
  resolve: { conditions },
  ssr: { resolve: { conditions: nodeConditions, externalConditions: nodeConditions } },
}

/** Suites under tests/ start real processes and servers; each of their folders is a project of its own. */
const laboratory = readdirSync(new URL('./tests', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export default defineConfig({
  test: {
    projects: [
      {
        ...sources,
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], isolate: false, testTimeout: 30_000 },
      },
      { ...sources, test: { name: 'apps', include: ['apps/*/src/**/*.test.ts'], testTimeout: 30_000 } },
      ...laboratory.map((name) => ({
        ...sources,
        test: {
          name,
          include: [`tests/${name}/src/**/*.test.ts`],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      })),
    ],
  },
})
