import { createHmac } from 'node:crypto'

/** `EncodeContext.sign`, under the server's secret: a link is verified by computing the hash again. */
export const createSign =
  (secret: string) =>
  (text: string): string =>
    createHmac('sha256', secret).update(`parlor:encoded\0${text}`).digest('base64url')
