import { ownTexts } from '../../texts/catalogue.ts'

/** What the head of the column of rooms says. */
export const columnTexts = ownTexts(
  {
    filter: 'Filter your rooms',
    no_match: 'No rooms match “{typed}”',
    only_loaded: 'Only the rooms above were searched.',
  },
  {
    es: {
      filter: 'Filtra tus salas',
      no_match: 'Ninguna sala coincide con «{typed}»',
      only_loaded: 'Solo se han buscado las salas de arriba.',
    },
  },
)
