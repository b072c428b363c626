try {
  document.documentElement.dataset.theme = localStorage.getItem('parlor.theme') ?? 'system'
} catch {
  // Nothing is kept here.
}
