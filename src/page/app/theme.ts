// Light or dark: as the screen is, or as somebody chose, who is remembered where the browser allows it.

import { applyColours } from './colours.ts';

type Theme = 'auto' | 'light' | 'dark';

const KEY = 'perfts-theme';
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'dark', dark: 'light', light: 'auto' };
const WORDS: Readonly<Record<Theme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' };

function remembered(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it lasts as long as the page.
  }
}

/** Makes a button the switch, and tells when colours have changed. */
export function themeSwitch(button: HTMLButtonElement, onChange: () => void): void {
  let theme = remembered();
  const apply = (): void => {
    document.documentElement.dataset['theme'] = theme;
    button.textContent = WORDS[theme];
    button.title = 'Colours';
    button.setAttribute('aria-label', `Colours: ${WORDS[theme].toLowerCase()}. Press for ${WORDS[NEXT[theme]].toLowerCase()}`);
    recolour();
  };
  const recolour = (): void => {
    applyColours();
    onChange();
  };
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    remember(theme);
    apply();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
  apply();
}
