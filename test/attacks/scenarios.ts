import type { Scenario } from './scenario.ts'
import { burstOfReads } from './scenarios/reads/burst-of-reads.ts'
import { crowdOfSockets } from './scenarios/connections/crowd-of-sockets.ts'
import { documents } from './scenarios/reads/documents.ts'
import { foreignReader } from './scenarios/reads/foreign-reader.ts'
import { floods } from './floods/floods.ts'
import { freshGuests } from './scenarios/writes/fresh-guests.ts'
import { handshakesByQuery } from './scenarios/connections/handshakes-by-query.ts'
import { heldBodies } from './scenarios/connections/held-bodies.ts'
import { crowdBehindNginx, crowdBesideFlood, honestCrowd } from './scenarios/connections/honest-crowd.ts'
import { imagesToTheLobby } from './scenarios/writes/images-to-the-lobby.ts'
import { joinStorm, widerJoinStorm } from './scenarios/reads/join-storm.ts'
import { passwordQueue } from './scenarios/writes/password-queue.ts'
import { polledPackets } from './scenarios/connections/polled-packets.ts'
import { recoveryStorm } from './scenarios/reads/recovery-storm.ts'
import { signalsToAll } from './scenarios/writes/signals-to-all.ts'
import { snapshotOfControlCharacters } from './scenarios/reads/snapshot-of-control-characters.ts'
import { streamStorm } from './scenarios/reads/stream-storm.ts'

export const scenarios: readonly Scenario[] = [
  ...[snapshotOfControlCharacters, joinStorm, widerJoinStorm, recoveryStorm, streamStorm, signalsToAll],
  ...[handshakesByQuery, documents, freshGuests, passwordQueue, heldBodies, burstOfReads, crowdOfSockets],
  ...[polledPackets, foreignReader, imagesToTheLobby],
  ...floods,
  ...[honestCrowd, crowdBesideFlood, crowdBehindNginx],
]
