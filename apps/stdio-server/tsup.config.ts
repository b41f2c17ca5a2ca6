import { app } from '@tidegate/tooling/tsup-preset'

export default app()
