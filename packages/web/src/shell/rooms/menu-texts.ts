import { ownTexts } from '../../texts/catalogue.ts'

/** What the menu of a room's row says. */
export const menuTexts = ownTexts(
  {
    menu: 'Options for {name}',
    favorite: 'Add to favorites',
    unfavorite: 'Remove from favorites',
    group: 'Move to a group…',
    group_title: 'Which group is {name} in?',
    no_group: 'No group',
    new_group: 'New group',
    create_group: 'Create',
    group_missing: 'Enter a name for the group.',
  },
  {
    es: {
      menu: 'Opciones de {name}',
      favorite: 'Añadir a favoritas',
      unfavorite: 'Quitar de favoritas',
      group: 'Mover a un grupo…',
      group_title: '¿En qué grupo está {name}?',
      no_group: 'Sin grupo',
      new_group: 'Grupo nuevo',
      create_group: 'Crear',
      group_missing: 'Escribe un nombre para el grupo.',
    },
  },
)
