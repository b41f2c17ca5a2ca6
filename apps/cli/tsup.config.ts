import { app } from '@tidegate/tooling/tsup-preset'

const shared = app()

export default {
  ...shared,
  esbuildOptions(options, context) {
    shared.esbuildOptions?.(options, context)
    // Its other form asks for its parts at run time, which a bundle does not have.
    options.alias = { ...options.alias, 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' }
  },
} satisfies ReturnType<typeof app>
