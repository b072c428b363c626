export const files = {
  'file.download': 'Descargar',
  'file.unplayable': 'Este navegador no puede reproducirlo. Descárgalo para abrirlo con otra aplicación.',
  'file.gone': 'No se puede mostrar. Puede que se haya eliminado o que su enlace haya caducado: recarga la página.',
}
