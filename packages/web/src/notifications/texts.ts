import { ownTexts } from '../texts/catalogue.ts'

/** What notifications say, and their switches on the account page. */
export const notificationTexts = ownTexts(
  {
    many: { one: 'New messages in {count} room', other: 'New messages in {count} rooms' },
    title: 'Notifications',
    hint: 'For this browser. To turn off a single room, use its menu.',
    show: 'Show notifications',
    show_hint: 'When someone writes in a room that you’re not looking at.',
    sound: 'Play a sound',
    on: 'Notifications are on',
    on_hint: 'New messages will show up like this.',
    denied:
      'Your browser blocks notifications from this site. Allow them in the site settings, next to the address, and try again.',
    dismissed: 'Your browser asks if this site may show notifications. Choose “Allow” to turn them on.',
    insecure: 'Your browser shows notifications only over HTTPS. Ask whoever runs this server for an https:// address.',
    none: 'This browser can’t show notifications of web pages. The sound works.',
  },
  {
    es: {
      many: { one: 'Mensajes nuevos en {count} sala', other: 'Mensajes nuevos en {count} salas' },
      title: 'Notificaciones',
      hint: 'Para este navegador. Para desactivar una sola sala, usa su menú.',
      show: 'Mostrar notificaciones',
      show_hint: 'Cuando alguien escribe en una sala que no estás viendo.',
      sound: 'Reproducir un sonido',
      on: 'Las notificaciones están activadas',
      on_hint: 'Los mensajes nuevos aparecerán así.',
      denied:
        'Tu navegador bloquea las notificaciones de este sitio. Permítelas en los ajustes del sitio, junto a la dirección, e inténtalo de nuevo.',
      dismissed: 'Tu navegador pregunta si este sitio puede mostrar notificaciones. Elige «Permitir» para activarlas.',
      insecure:
        'Tu navegador solo muestra notificaciones con HTTPS. Pide una dirección https:// a quien administra este servidor.',
      none: 'Este navegador no puede mostrar notificaciones de páginas web. El sonido funciona.',
    },
  },
)
