export const room = {
  'room.title': 'Sala',
  'room.title_unread': '({count}) {name}',
  'room.account': 'Tu nombre y tu cuenta',
  'room.more': 'Más',
  'room.joining': 'Entrando en la sala',
  'room.begins': 'Aquí empieza {name}.',
  'room.begins_hint': 'Di algo o envía el enlace a alguien.',
  'room.to_composer': 'Ir al cuadro de mensaje',

  'timeline.label': 'Mensajes',
  'timeline.keys': 'Las flechas pasan de un mensaje a otro; Intro responde.',
  'timeline.latest': 'Ir a lo más reciente',
  'timeline.new': { one: '{count} mensaje nuevo', other: '{count} mensajes nuevos' },
  'timeline.unread': 'Nuevos',
  'timeline.failed': 'No se ha podido cargar. Reintentar',

  'message.label': '{name}, {time}',
  'message.said': '{name}: {text}',
  'message.sending': 'Enviando',
  'message.queued': 'Espera a la conexión',
  'message.failed': 'No enviado.',
  'message.discard': 'Descartar',
  'message.reply_to': 'Responder a {name}',
  'message.original': 'Mostrar a qué responde',
  'message.original_gone': 'El mensaje al que responde ya no está.',

  'composer.label': 'Mensaje',
  'composer.placeholder': 'Escribe un mensaje',
  'composer.send': 'Enviar',
  'composer.left': { one: 'Queda {count} carácter', other: 'Quedan {count} caracteres' },
  'composer.too_long': { one: 'Sobra {count} carácter', other: 'Sobran {count} caracteres' },
  'composer.chat_off': 'En esta sala no se puede escribir',
  'composer.chat_hosts': 'En esta sala solo escriben los anfitriones',

  'typing.one': '{name} está escribiendo',
  'typing.two': '{name} y {other} están escribiendo',
  'typing.many': { one: '{count} persona está escribiendo', other: '{count} personas están escribiendo' },

  'connection.connecting': 'Conectando…',
  'connection.catching_up': 'Poniéndose al día…',
  'connection.reconnecting': 'Sin conexión. Reintentando…',
  'connection.reconnecting_in': {
    one: 'Sin conexión. Se reintenta en {count} s.',
    other: 'Sin conexión. Se reintenta en {count} s.',
  },
  'connection.offline': 'No tienes conexión.',
  'connection.queued': { one: '{count} mensaje en espera.', other: '{count} mensajes en espera.' },
  'connection.back': 'De nuevo en línea',

  'people.title': 'Personas',
  'people.here': { one: '{count} en línea', other: '{count} en línea' },
  'people.waiting_count': { one: '{count} espera', other: '{count} esperan' },
  'people.joined': '{name} ha entrado',
  'people.left': '{name} ha salido',
  'people.show': 'Mostrar',
  'people.tries':
    'Se han probado demasiadas contraseñas erróneas. Por ahora los invitados necesitan un enlace de invitación o una cuenta.',
  'people.waits': '{name} quiere entrar',

  'invite.title': 'Invitar',

  'settings.title': 'Ajustes de la sala',

  'leave.title': 'Salir de la sala',
}
