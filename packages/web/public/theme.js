// Runs before the first paint, so that a chosen theme never flashes the other one.
;(() => {
  try {
    const { theme, glass } = JSON.parse(localStorage.getItem('am.settings') ?? '{}')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
    if (glass === 'light') document.documentElement.dataset.glass = glass
  } catch {
    // Unreadable settings mean the system's theme.
  }
})()
