import { serve } from '@tidegate/http-server/src/serve.js'
import { fixturePack } from './fixtures/pack.js'

// The HTTP app as it is, with the suite's fixtures beside the real tools.
serve(fixturePack).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(2)
  },
)
