import type { Disk } from '@tidegate/trading-model'
import { mark } from './labels.js'

/** Labels around every signed head that goes to its file. */
export function watchDisk(disk: Disk): Disk {
  return {
    ...disk,
    openAppend(path) {
      const file = disk.openAppend(path)
      return {
        append(text) {
          mark('audit-checkpoint', 'before')
          file.append(text)
          mark('audit-checkpoint', 'after')
        },
        close: () => file.close(),
      }
    },
  }
}
