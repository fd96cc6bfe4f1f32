import { useSyncExternalStore } from 'react';
import { prefer, preference } from '../api/preferences';
import { messages as english } from './en';

/** A language is a file beside this one; the compiler says which of its messages are missing. */
export type MessageKey = keyof typeof english;
export type Messages = Record<MessageKey, string>;

interface Language {
  messages: Messages;
}

const files = import.meta.glob<Language>(['./*.ts', '!./index.ts', '!./en.ts', '!./*.test.ts']);
const code = (file: string) => file.slice(2, -3);

export const languages: string[] = ['en', ...Object.keys(files).map(code)];

let current = 'en';
let messages: Messages = english;
const watchers = new Set<() => void>();

/** Of the person's choice, or else the first of the browser's languages that there is. */
export function preferred(): string {
  const wished = [preference('language'), ...navigator.languages.map((each) => each.slice(0, 2))];
  return wished.find((each) => languages.includes(each)) ?? 'en';
}

export async function speak(language: string): Promise<void> {
  const file = files[`./${language}.ts`];
  messages = file ? (await file()).messages : english;
  current = file ? language : 'en';
  document.documentElement.lang = current;
  for (const watcher of watchers) watcher();
}

export async function choose(language: string): Promise<void> {
  prefer('language', language);
  await speak(language);
}

/** The languages' own names for themselves, which need no translation. */
export const languageName = (language: string) =>
  new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;

export const language = () => current;

export function t(key: MessageKey, parameters?: Record<string, string | number>): string {
  const message = messages[key] ?? english[key] ?? key;
  return parameters
    ? message.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole))
    : message;
}

/** For words that come from the API, such as a status: unknown ones are shown as they are. */
export function word(prefix: string, value: string | undefined): string {
  if (!value) return '';
  const key = `${prefix}.${value.toLowerCase()}` as MessageKey;
  return key in english ? t(key) : value.replaceAll('_', ' ');
}

/** Makes a component draw itself anew in another language. */
export function useLanguage(): string {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current,
  );
}
