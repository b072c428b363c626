import { type CheckpointLimits, defaultCheckpoints } from '../sqlite/checkpoint.ts'

/**
 * For the many databases of tests that are closed again after a few writes: most never start the checkpoint thread, which
 * takes more CPU time than such a test.
 */
export const lateCheckpoints: CheckpointLimits = { ...defaultCheckpoints, startAt: 4 << 20 }
