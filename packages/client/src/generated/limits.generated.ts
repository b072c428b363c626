// Generated from the contracts of the server by `npm run docs`: change those.

// The most that the server takes or answers, unless a name says something else.

/** UTF-16 units in a person's name. */
export const person_name = 64

/** Characters of an e-mail address. */
export const email = 254

/** Characters that an account's password has at least. */
export const password_min = 8

/** Characters of an account's password. */
export const password = 256

/** API keys of one user. */
export const keys = 50

/** UTF-16 units in an API key's name. */
export const key_name = 64

/** Rooms that an API key may be limited to. */
export const key_rooms = 50

/** UTF-16 units in a room's name. */
export const room_name = 100

/** Characters of a room's password. */
export const room_password = 128

/** Seconds that an invitation may be valid for, unless for ever. */
export const invite_seconds = 3153600000

/** UTF-16 units of what is searched in names of rooms and people. */
export const search = 100

/** Items in one page of a list. */
export const page = 200

/** Users present who are named; of more only their number is told. */
export const named_presence = 100

/** Milliseconds after which someone who says no more of it types no longer. */
export const typing_ms = 6000

/** Bytes of an image that is sent as the picture of a person or a room. */
export const picture_bytes = 16777216

/** UTF-16 units in the text of a message. */
export const message_text = 20000

/** Files that one message carries. */
export const message_files = 10

/**
 * Bytes of an image or recording that a live `message` event carries as base64; of a larger image a
 * smaller copy.
 */
export const inline_bytes = 1048576

/** Messages in one page of history. */
export const history_page = 200

/** Messages whose files one page of the files of a room holds. */
export const files_page = 100

/** Characters in the question of a poll. */
export const poll_question = 300

/** Characters in an option of a poll. */
export const poll_option = 100

/** Options of a poll; at least 2. */
export const poll_options = 10

/** Days after which an open poll closes at the latest, if it says when. */
export const poll_days = 365

/** Open polls of a room. */
export const polls_open = 10

/** Voters of an option whom a poll names; all are in its list of votes. */
export const poll_voters = 10

/** Polls in one page. */
export const polls_page = 50

/** Voters in one page of the votes of a poll. */
export const votes_page = 200

/** UTF-16 units in the name of an own group of rooms. */
export const room_group = 50

/** Own groups of rooms of one person. */
export const room_groups = 50

/** Characters in the name of a published event. */
export const event_type = 64

/** Characters of JSON in the data of a published event. */
export const event_data = 65536

/** Characters in the title of a notification. */
export const notification_title = 200

/** Characters in the body of a notification. */
export const notification_body = 4000

/** Users whom one notification names. */
export const notified_users = 1000
