import { ownTexts } from '../../texts/catalogue.ts'

/** What the page of public rooms says. */
export const directoryTexts = ownTexts(
  {
    heading: 'Public rooms',
    search: 'Search by name',
    found: { one: '{count} room', other: '{count} rooms' },
    none: 'No public rooms yet',
    none_hint: 'Create one that everyone can join, and it will show up here.',
    no_match: 'No public room matches “{query}”',
    no_match_hint: 'Check the spelling, or try a shorter word. Private rooms aren’t listed.',
    look_on: 'Keep searching',
  },
  {
    es: {
      heading: 'Salas públicas',
      search: 'Buscar por nombre',
      found: { one: '{count} sala', other: '{count} salas' },
      none: 'Todavía no hay salas públicas',
      none_hint: 'Crea una abierta a todo el mundo y aparecerá aquí.',
      no_match: 'Ninguna sala pública coincide con «{query}»',
      no_match_hint: 'Revisa la ortografía o prueba con una palabra más corta. Las salas privadas no aparecen.',
      look_on: 'Seguir buscando',
    },
  },
)
