import type { Duplex } from 'node:stream'

/**
 * Answers on a bare connection and ends it. The other side may never close its half, and no timeout of HTTP watches a
 * connection that asked for an upgrade or broke the protocol: it would stay open for ever and delay the stop.
 * `patience`: ms that the peer may take to close.
 */
export function answerAndClose(socket: Duplex, answer: string, patience = 2000): void {
  const timer = setTimeout(() => socket.destroy(), patience)
  socket.once('close', () => clearTimeout(timer))
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.end(answer)
}
