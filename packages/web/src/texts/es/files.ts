export const files = {
  'file.download': 'Descargar',
  'file.unplayable': 'Este navegador no puede reproducirlo. Descárgalo para abrirlo con otra aplicación.',
  'file.gone': 'No se puede mostrar. Puede que se haya eliminado.',
  'file.not_loaded': 'No se ha podido cargar.',

  'viewer.title': 'Imágenes y vídeos',
  'viewer.place': '{number} de {count}',
  'viewer.previous': 'Anterior',
  'viewer.next': 'Siguiente',
  'viewer.zoom_in': 'Ampliar',
  'viewer.zoom_out': 'Reducir',

  'player.play': 'Reproducir',
  'player.pause': 'Pausar',
  'player.play_video': 'Reproducir vídeo: {name}',
  'player.position': 'Posición',
  'player.time': '{time} de {duration}',
  'player.rate': 'Velocidad: {rate}×',
  'player.rate_title': 'Velocidad de reproducción',
}
