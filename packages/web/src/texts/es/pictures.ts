import type { pictures as english } from '../en/pictures.ts'
import type { Catalogue } from '../catalogue.ts'

export const pictures: Catalogue<keyof typeof english> = {
  'picture.title': 'Imagen',
  'picture.choose': 'Elegir imagen',
  'picture.change': 'Cambiar',
  'picture.take': 'Hacer una foto',
  'picture.remove': 'Quitar',
  'picture.drop': 'O suelta aquí una imagen.',
  'picture.no_image': 'Eso no es una imagen. Elige una foto u otra imagen.',
  'picture.unreadable': 'Esta imagen no se puede abrir aquí. Prueba con un JPEG o PNG.',
  'picture.crop': 'Recortar la imagen',
  'picture.part': 'Parte de la imagen',
  'picture.zoom': 'Zoom',
  'picture.keys': 'Arrastra para mover. Pellizca o usa la rueda para ampliar. Con el teclado: flechas, más y menos.',
  'picture.saved': 'Imagen guardada.',
  'picture.removed': 'Imagen quitada.',
}
