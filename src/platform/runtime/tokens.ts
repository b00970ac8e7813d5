/** Injection token of the `Connections` of this process. */
export const CONNECTIONS = Symbol('connections');
