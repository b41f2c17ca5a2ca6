import type { AppendFile, Disk } from '@tidegate/trading-model'

/** Files in memory; `files` is open to the test, to cut and corrupt. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, string>()
  readText(path: string): string | undefined {
    return this.files.get(path)
  }
  writeTextAtomically(path: string, text: string): void {
    this.files.set(path, text)
  }
  makeFolder(): void {}
  openAppend(path: string): AppendFile {
    return {
      append: (text) => {
        this.files.set(path, (this.files.get(path) ?? '') + text)
      },
      close: () => {},
    }
  }
}
