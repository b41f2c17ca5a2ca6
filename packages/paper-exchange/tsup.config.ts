import { library } from '@tidegate/tooling/tsup-preset'

export default library({ index: 'src/index.ts', 'bin/main': 'src/bin/main.ts' })
