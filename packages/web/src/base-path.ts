/** Where the app is served, with a slash at its end: the server may lie under a path, and its scripts lie one folder in. */
export const home: string = new URL(import.meta.url).pathname.replace(/[^/]+\/[^/]*$/, '')
