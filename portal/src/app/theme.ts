import { prefer, preference } from '../api/preferences';

export type Theme = 'light' | 'dark' | 'system';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

export const theme = (): Theme => (preference('theme') as Theme) || 'system';

export function show() {
  const is = theme();
  const on = is === 'dark' || (is === 'system' && dark.matches);
  document.documentElement.classList.toggle('pf-v6-theme-dark', on);
  document.documentElement.style.colorScheme = on ? 'dark' : 'light';
}

export function setTheme(chosen: Theme) {
  prefer('theme', chosen);
  show();
}

dark.addEventListener('change', show);
