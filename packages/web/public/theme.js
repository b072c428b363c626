// Before the first paint, so that who chose dark sees no flash of light. src/settings.ts keeps the choice.
try {
  document.documentElement.dataset.theme = localStorage.getItem('parlor.theme') ?? 'system'
} catch {
  // Nothing is kept here: the system's colours it is.
}
