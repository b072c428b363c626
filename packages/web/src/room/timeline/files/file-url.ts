import { basePath } from '../../../base-path.ts'

/** The server tells paths from its own root, which may be served under a path of its host. */
export const fileUrl = (path: string): string => basePath + path.replace(/^\/+/, '')
