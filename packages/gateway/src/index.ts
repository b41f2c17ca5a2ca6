// The complete public surface of @tidegate/gateway: named exports only.
export type { Config } from './config/config.js'
export type { ControlApi, Endpoint, Gateway, Health, Home } from './gateway.js'
