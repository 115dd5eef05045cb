const { compare } = new Intl.Collator('en', { numeric: true });

/** The order in which people look for names: `node-2` before `node-10`. */
export const byName: (a: string, b: string) => number = compare;
