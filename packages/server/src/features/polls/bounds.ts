import type { Bounds } from '../../core/contract.ts'

/** Bounds that clients know too (rules PO3, PO4 and PO8). */
export const pollBounds = {
  poll_question: { value: 300, text: 'Characters in the question of a poll.' },
  poll_option: { value: 100, text: 'Characters in an option of a poll.' },
  poll_options: { value: 10, text: 'Options of a poll; at least 2.' },
  poll_days: { value: 365, text: 'Days after which an open poll closes at the latest, if it says when.' },
  polls_open: { value: 10, text: 'Open polls of a room.' },
  poll_voters: { value: 10, text: 'Voters of an option whom a poll names; all are in its list of votes.' },
  polls_page: { value: 50, text: 'Polls in one page.' },
  votes_page: { value: 200, text: 'Voters in one page of the votes of a poll.' },
} as const satisfies Bounds
