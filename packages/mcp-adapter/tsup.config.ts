import { libraryWithPages } from '@tidegate/tooling/tsup-preset'

export default libraryWithPages()
