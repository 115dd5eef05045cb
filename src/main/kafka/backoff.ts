/** Reconnects are quick: a broker that is back must serve again within ten seconds. */
export const reconnectBackoff = { baseMs: 250, capMs: 2_000 } as const;
