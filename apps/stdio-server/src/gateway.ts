// A file of its own beside the bundle: everything that is not needed for the first answer.
export * from '@tidegate/gateway'
