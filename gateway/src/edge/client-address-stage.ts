import { stage } from '../stage.ts'
import type { ClientAddresses } from './client-address.ts'

/** From where does somebody ask? For limits, logs, the audit log and the app; it decides no access. */
export const noteClientAddress = (clientAddress: ClientAddresses) =>
  stage(function noteClientAddress(c) {
    c.set('clientAddress', clientAddress(c.env.incoming))
  })
