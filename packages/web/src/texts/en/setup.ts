/** The page on which the first administrator sets the server up. */
export const setup = {
  'setup.title': 'Set up this server',
  'setup.no_token': 'Open the address that the server prints when it starts. It is valid for 24 hours.',
  'setup.server': 'Server',
  'setup.server_hint': 'What people call this place.',
  'setup.name': 'Name',
  'setup.account': 'Your account',
  'setup.account_hint':
    'You become the administrator. If you already have an account here, enter its email and password.',
  'setup.who': 'Who can join',
  'setup.who_hint': 'A setting in the server’s environment overrides these choices.',
  'setup.registration': 'Who can create an account',
  'setup.registration_open': 'Anyone',
  'setup.registration_invite': 'People with an invite link',
  'setup.registration_closed': 'Nobody',
  'setup.guests': 'Guests',
  'setup.guests_hint': 'People can join with just a name.',
  'setup.lobby': 'Lobby',
  'setup.lobby_hint': 'A public room that everyone can read and write in.',
  'setup.submit': 'Set up',
  'setup.done': 'Your server is ready.',
} as const
