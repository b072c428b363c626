/** The path that the app is served under, with a slash at its end. Its scripts are one folder below. */
export const basePath: string = new URL(import.meta.url).pathname.replace(/[^/]+\/[^/]*$/, '')
