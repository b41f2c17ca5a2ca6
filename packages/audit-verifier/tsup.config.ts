import { library } from '@tidegate/tooling/tsup-preset'

export default library()
