import { ownTexts } from '../texts/catalogue.ts'

/** What the palette says. */
export const paletteTexts = ownTexts(
  {
    title: 'Search',
    field: 'Search rooms, people and actions',
    none: 'Nothing matches “{typed}”',
    recent: 'Recent',
    room: 'Rooms',
    person: 'People',
    action: 'Actions',
    next_unread: 'Next unread room',
    mark_all: 'Mark all as read',
    home: 'Go to home',
    directory: 'Browse public rooms',
    account: 'Profile and account',
  },
  {
    es: {
      title: 'Buscar',
      field: 'Busca salas, personas y acciones',
      none: 'No hay nada que coincida con «{typed}»',
      recent: 'Recientes',
      room: 'Salas',
      person: 'Personas',
      action: 'Acciones',
      next_unread: 'Siguiente sala sin leer',
      mark_all: 'Marcar todo como leído',
      home: 'Ir al inicio',
      directory: 'Explorar salas públicas',
      account: 'Perfil y cuenta',
    },
  },
)
