export type Theme = 'light' | 'dark' | 'system';

const STORED = 'bellwether.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export const theme = (): Theme => (localStorage.getItem(STORED) as Theme | null) ?? 'system';

export function show() {
  const is = theme();
  const on = is === 'dark' || (is === 'system' && dark.matches);
  document.documentElement.classList.toggle('pf-v6-theme-dark', on);
  document.documentElement.style.colorScheme = on ? 'dark' : 'light';
}

export function setTheme(chosen: Theme) {
  localStorage.setItem(STORED, chosen);
  show();
}

dark.addEventListener('change', show);
