/** Accounts of the demo by what they are here for. */
export const ACME = 'viewer@acme.test'
export const GLOBEX = 'viewer@globex.test'
export const INITECH = 'viewer@initech.test'
export const STAFF = 'actuary@kyros.test'
