/** Pictures of people and rooms. */
export const pictures = {
  'picture.title': 'Picture',
  'picture.choose': 'Choose picture',
  'picture.change': 'Change',
  'picture.take': 'Take photo',
  'picture.remove': 'Remove',
  'picture.drop': 'Or drop an image here.',
  'picture.no_image': 'That isn’t an image. Choose a photo or another picture.',
  'picture.unreadable': 'This image can’t be opened here. Try a JPEG or PNG.',
  'picture.crop': 'Crop picture',
  'picture.part': 'Part of the image',
  'picture.zoom': 'Zoom',
  'picture.keys': 'Drag to move. Pinch or scroll to zoom. On a keyboard: arrow keys, plus and minus.',
  'picture.saved': 'Picture saved.',
  'picture.removed': 'Picture removed.',
} as const
