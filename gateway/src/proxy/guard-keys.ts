/**
 * Query keys under which what can have no headers of its own (a WebSocket handshake, a preload) repeats for
 * which tenant and person its page is.
 */
export const tenantQueryKey = 'dashgate_tenant'
export const personQueryKey = 'dashgate_person'
