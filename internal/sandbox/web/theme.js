// Sets the chosen theme before the first paint, so that a dark page never
// flashes light. Without a choice the style sheet follows the system.
try {
  const theme = localStorage.getItem('yolchi.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* storage is closed: the system decides */ }
