import { app } from '../../tooling/tsup-preset.ts'

export default app()
