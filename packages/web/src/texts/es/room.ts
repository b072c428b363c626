export const room = {
  'room.title': 'Sala',
}
