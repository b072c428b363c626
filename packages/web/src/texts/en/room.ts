/** The room page: its head, messages, people, invitations and settings. */
export const room = {
  'room.title': 'Room',
  'room.title_unread': '({count}) {name}',
  'room.more': 'More',
  'room.account': 'Profile and account',
  'room.joining': 'Joining…',
  'room.begins': 'This is the start of {name}.',
  'room.begins_hint': 'Say hello, or invite someone.',
  'room.to_composer': 'Skip to message box',

  'timeline.label': 'Messages',
  'timeline.keys': 'Use the arrow keys to move between messages and Enter to reply.',
  'timeline.latest': 'Jump to latest',
  'timeline.new': { one: '{count} new message', other: '{count} new messages' },
  'timeline.unread': 'New',
  'timeline.failed': 'Couldn’t load messages. Try again',

  'message.label': '{name}, {time}',
  'message.said': '{name}: {text}',
  'message.sending': 'Sending',
  'message.queued': 'Waiting to send',
  'message.failed': 'Not sent.',
  'message.discard': 'Discard',
  'message.reply_to': 'Reply to {name}',
  'message.original': 'View original message',
  'message.original_gone': 'The original message is no longer available.',

  'composer.label': 'Message',
  'composer.placeholder': 'Write a message',
  'composer.send': 'Send',
  'composer.left': { one: '{count} character left', other: '{count} characters left' },
  'composer.too_long': { one: '{count} character over the limit', other: '{count} characters over the limit' },
  'composer.chat_off': 'Messaging is turned off in this room',
  'composer.chat_hosts': 'Only hosts can post in this room',

  'typing.one': '{name} is typing',
  'typing.two': '{name} and {other} are typing',
  'typing.many': { one: '{count} person is typing', other: '{count} people are typing' },

  'connection.connecting': 'Connecting…',
  'connection.catching_up': 'Catching up…',
  'connection.reconnecting': 'Connection lost. Reconnecting…',
  'connection.reconnecting_in': {
    one: 'Connection lost. Retrying in {count} s…',
    other: 'Connection lost. Retrying in {count} s…',
  },
  'connection.offline': 'You’re offline.',
  'connection.queued': { one: '{count} message waiting to send.', other: '{count} messages waiting to send.' },
  'connection.back': 'Back online',

  'people.title': 'People',
  'people.here': { one: '{count} online', other: '{count} online' },
  'people.waiting_count': { one: '{count} is waiting', other: '{count} are waiting' },
  'people.joined': '{name} joined',
  'people.left': '{name} left',
  'people.show': 'View',
  'people.tries': 'Too many wrong passwords were tried. For now, guests need an invite link or an account.',
  'people.waits': '{name} wants to join',

  'invite.title': 'Invite',

  'settings.title': 'Room settings',

  'leave.title': 'Leave room',
} as const
