import type { Scenario } from './scenario.ts'
import { burstOfReads } from './scenarios/burst-of-reads.ts'
import { crowdOfSockets } from './scenarios/crowd-of-sockets.ts'
import { documents } from './scenarios/documents.ts'
import { foreignReader } from './scenarios/foreign-reader.ts'
import { floods } from './scenarios/floods.ts'
import { freshGuests } from './scenarios/fresh-guests.ts'
import { handshakesByQuery } from './scenarios/handshakes-by-query.ts'
import { heldBodies } from './scenarios/held-bodies.ts'
import { crowdBehindNginx, crowdBesideFlood, honestCrowd } from './scenarios/honest-crowd.ts'
import { imagesToTheLobby } from './scenarios/images-to-the-lobby.ts'
import { joinStorm, widerJoinStorm } from './scenarios/join-storm.ts'
import { passwordQueue } from './scenarios/password-queue.ts'
import { polledPackets } from './scenarios/polled-packets.ts'
import { recoveryStorm } from './scenarios/recovery-storm.ts'
import { signalsToAll } from './scenarios/signals-to-all.ts'
import { snapshotOfControlCharacters } from './scenarios/snapshot-of-control-characters.ts'
import { streamStorm } from './scenarios/stream-storm.ts'

export const scenarios: readonly Scenario[] = [
  ...[snapshotOfControlCharacters, joinStorm, widerJoinStorm, recoveryStorm, streamStorm, signalsToAll],
  ...[handshakesByQuery, documents, freshGuests, passwordQueue, heldBodies, burstOfReads, crowdOfSockets],
  ...[polledPackets, foreignReader, imagesToTheLobby],
  ...floods,
  ...[honestCrowd, crowdBesideFlood, crowdBehindNginx],
]
